using System.Collections.Immutable;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The documents of the legacy discovery: one request per group version.</summary>
internal static class LegacyDiscovery
{
    public static Action<Utf8JsonWriter> Versions(ApiGroup core) => writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIVersions");
        WriteStrings(writer, "versions", core.Versions.Select(version => version.Name));
        writer.WriteStartArray("serverAddressByClientCIDRs");
        writer.WriteEndArray();
        writer.WriteEndObject();
    };

    public static Action<Utf8JsonWriter> Groups(IEnumerable<ApiGroup> groups) => writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIGroupList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteStartArray("groups");
        foreach (var group in groups)
        {
            writer.WriteStartObject();
            WriteGroup(writer, group);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    };

    public static Action<Utf8JsonWriter> Group(ApiGroup group) => writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIGroup");
        writer.WriteString("apiVersion", "v1");
        WriteGroup(writer, group);
    };

    public static Action<Utf8JsonWriter> Resources(ApiGroupVersion version) => writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIResourceList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteString("groupVersion", version.ApiVersion);
        writer.WriteStartArray("resources");
        foreach (var kind in version.Kinds)
        {
            WriteKind(writer, kind);
            foreach (var subresource in Subresources.Of(kind))
            {
                WriteSubresource(writer, kind, subresource);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    };

    internal static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> items)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
    }

    internal static void WriteStringsIfAny(Utf8JsonWriter writer, string name, ImmutableArray<string> items)
    {
        if (!items.IsEmpty)
        {
            WriteStrings(writer, name, items);
        }
    }

    private static void WriteGroup(Utf8JsonWriter writer, ApiGroup group)
    {
        writer.WriteString("name", group.Name);
        writer.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            writer.WriteStartObject();
            WriteVersion(writer, version);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("preferredVersion");
        WriteVersion(writer, group.Versions[0]);
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, ApiGroupVersion version)
    {
        writer.WriteString("groupVersion", version.ApiVersion);
        writer.WriteString("version", version.Name);
        writer.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter writer, ResourceDefinition kind)
    {
        writer.WriteStartObject();
        writer.WriteString("name", kind.Gvr.Resource);
        writer.WriteString("singularName", kind.Singular);
        writer.WriteBoolean("namespaced", kind.Scope == Scope.Namespaced);
        writer.WriteString("kind", kind.Gvk.Kind);
        WriteStrings(writer, "verbs", kind.Verbs);
        WriteStringsIfAny(writer, "shortNames", kind.ShortNames);
        WriteStringsIfAny(writer, "categories", kind.Categories);
        writer.WriteEndObject();
    }

    private static void WriteSubresource(Utf8JsonWriter writer, ResourceDefinition kind, SubresourceDefinition subresource)
    {
        writer.WriteStartObject();
        writer.WriteString("name", $"{kind.Gvr.Resource}/{subresource.Name}");
        writer.WriteString("singularName", "");
        writer.WriteBoolean("namespaced", kind.Scope == Scope.Namespaced);
        if (new Gvk(kind.Gvk.Group, kind.Gvk.Version, subresource.Kind.Kind) != subresource.Kind)
        {
            writer.WriteString("group", subresource.Kind.Group);
            writer.WriteString("version", subresource.Kind.Version);
        }

        writer.WriteString("kind", subresource.Kind.Kind);
        WriteStrings(writer, "verbs", subresource.Verbs);
        writer.WriteEndObject();
    }
}
