using System.Collections.Immutable;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>Writes one description: the paths of some group versions and the schemas they mention.</summary>
internal sealed class OpenApiWriter(OpenApiDialect dialect, string serverVersion)
{
    public Action<Utf8JsonWriter> Write(ImmutableArray<ApiGroupVersion> versions) => writer =>
    {
        var schemas = new OpenApiSchemas(writer, dialect, versions.SelectMany(version => version.Kinds), ModelTexts.Read());
        var paths = new OpenApiPaths(writer, dialect, schemas);
        writer.WriteStartObject();
        writer.WriteString(dialect == OpenApiDialect.V3 ? "openapi" : "swagger", dialect == OpenApiDialect.V3 ? "3.0.0" : "2.0");
        writer.WriteStartObject("info");
        writer.WriteString("title", "Kubernetes");
        writer.WriteString("version", serverVersion);
        writer.WriteEndObject();
        writer.WriteStartObject("paths");
        foreach (var version in versions)
        {
            foreach (var kind in version.Kinds)
            {
                paths.Write(kind);
            }
        }

        writer.WriteEndObject();
        WriteSchemas(writer, schemas);
        writer.WriteEndObject();
    };

    private void WriteSchemas(Utf8JsonWriter writer, OpenApiSchemas schemas)
    {
        if (dialect == OpenApiDialect.V3)
        {
            writer.WriteStartObject("components");
            writer.WriteStartObject("schemas");
            schemas.WriteMentioned();
            writer.WriteEndObject();
            writer.WriteEndObject();
            return;
        }

        writer.WriteStartObject("definitions");
        schemas.WriteMentioned();
        writer.WriteEndObject();
    }
}
