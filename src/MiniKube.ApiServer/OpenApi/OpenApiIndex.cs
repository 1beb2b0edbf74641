using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>The list of documents, each with a hash by which clients cache it.</summary>
internal sealed class OpenApiIndex(IEnumerable<ApiGroupVersion> versions, Func<ApiGroupVersion, string> hashOf)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("paths");
        foreach (var version in versions)
        {
            var root = OpenApiDocuments.RootOf(version);
            writer.WriteStartObject(root);
            writer.WriteString("serverRelativeURL", $"{OpenApiDocuments.IndexPath}/{root}?hash={hashOf(version)}");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

/// <summary>The two forms of the description.</summary>
internal enum OpenApiDialect
{
    /// <summary>Swagger 2.0: <c>definitions</c>.</summary>
    V2,

    /// <summary>OpenAPI 3.0: <c>components</c>.</summary>
    V3,
}
