using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.CustomResources;

/// <summary>Schemas and values of tests, written as JSON.</summary>
internal static class SchemaCases
{
    /// <summary>The schema of an object with one property, <c>a</c>.</summary>
    public static StructuralSchema Of(string property) => Whole($$"""{"type":"object","properties":{"a":{{property}} } }""");

    public static StructuralSchema Whole(string json) => SchemaParser.Parse(Source(json));

    public static V1JSONSchemaProps Source(string json) => ObjectJson.Decode<V1JSONSchemaProps>(Encoding.UTF8.GetBytes(json));

    public static JsonObject Value(string json) => JsonTree.Parse(Encoding.UTF8.GetBytes(json))!.AsObject();
}
