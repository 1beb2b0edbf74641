using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A group and its versions, in catalog order: the first version is the preferred one.</summary>
internal sealed record ApiGroup(string Name, ImmutableArray<ApiGroupVersion> Versions)
{
    /// <summary>Where the group is served.</summary>
    public string Root => Name.Length == 0 ? "/api" : $"/apis/{Name}";

    public static ImmutableArray<ApiGroup> Of(IEnumerable<ResourceDefinition> kinds)
        => [.. kinds.GroupBy(kind => kind.Gvr.Group).Select(group => new ApiGroup(group.Key, Versioned(group)))];

    private static ImmutableArray<ApiGroupVersion> Versioned(IEnumerable<ResourceDefinition> kinds)
        => [.. kinds
            .GroupBy(kind => kind.Gvr.Version)
            .Select(version => new ApiGroupVersion(
                version.First().Gvr.ApiVersion, version.Key,
                [.. version.OrderBy(kind => kind.Gvr.Resource, StringComparer.Ordinal)]))];
}

/// <summary>One version of a group and the kinds in it, by name.</summary>
internal sealed record ApiGroupVersion(string ApiVersion, string Name, ImmutableArray<ResourceDefinition> Kinds);

/// <summary>Every subresource of a kind: those with handlers of their own, and status and scale.</summary>
internal static class Subresources
{
    private static readonly ImmutableArray<string> ReadAndWrite = ["get", "patch", "update"];

    public static ImmutableArray<SubresourceDefinition> Of(ResourceDefinition kind)
    {
        var all = kind.Subresources.ToList();
        if (kind.HasStatus)
        {
            all.Add(new SubresourceDefinition("status", kind.Gvk, ReadAndWrite));
        }

        if (kind.Scale is not null)
        {
            all.Add(new SubresourceDefinition("scale", new Gvk("autoscaling", "v1", "Scale"), ReadAndWrite));
        }

        return [.. all.OrderBy(one => one.Name, StringComparer.Ordinal)];
    }
}
