using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The document of the aggregated discovery: every group in one answer.</summary>
internal static class AggregatedDiscovery
{
    public static Action<Utf8JsonWriter> Groups(IEnumerable<ApiGroup> groups) => writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIGroupDiscoveryList");
        writer.WriteString("apiVersion", "apidiscovery.k8s.io/v2");
        writer.WriteStartObject("metadata");
        writer.WriteEndObject();
        writer.WriteStartArray("items");
        foreach (var group in groups)
        {
            WriteGroup(writer, group);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    };

    private static void WriteGroup(Utf8JsonWriter writer, ApiGroup group)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata");
        if (group.Name.Length > 0)
        {
            writer.WriteString("name", group.Name);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            WriteVersion(writer, version);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, ApiGroupVersion version)
    {
        writer.WriteStartObject();
        writer.WriteString("version", version.Name);
        writer.WriteStartArray("resources");
        foreach (var kind in version.Kinds)
        {
            WriteKind(writer, kind);
        }

        writer.WriteEndArray();
        writer.WriteString("freshness", "Current");
        writer.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter writer, ResourceDefinition kind)
    {
        writer.WriteStartObject();
        writer.WriteString("resource", kind.Gvr.Resource);
        WriteResponseKind(writer, kind.Gvk);
        writer.WriteString("scope", kind.Scope == Scope.Namespaced ? "Namespaced" : "Cluster");
        writer.WriteString("singularResource", kind.Singular);
        LegacyDiscovery.WriteStrings(writer, "verbs", kind.Verbs);
        LegacyDiscovery.WriteStringsIfAny(writer, "shortNames", kind.ShortNames);
        LegacyDiscovery.WriteStringsIfAny(writer, "categories", kind.Categories);
        WriteSubresources(writer, kind);
        writer.WriteEndObject();
    }

    private static void WriteSubresources(Utf8JsonWriter writer, ResourceDefinition kind)
    {
        var subresources = Subresources.Of(kind);
        if (subresources.IsEmpty)
        {
            return;
        }

        writer.WriteStartArray("subresources");
        foreach (var subresource in subresources)
        {
            writer.WriteStartObject();
            writer.WriteString("subresource", subresource.Name);
            WriteResponseKind(writer, subresource.Kind);
            LegacyDiscovery.WriteStrings(writer, "verbs", subresource.Verbs);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResponseKind(Utf8JsonWriter writer, Gvk kind)
    {
        writer.WriteStartObject("responseKind");
        writer.WriteString("group", kind.Group);
        writer.WriteString("version", kind.Version);
        writer.WriteString("kind", kind.Kind);
        writer.WriteEndObject();
    }
}
