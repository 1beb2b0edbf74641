using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MiniKube.Testing;

/// <summary>The custom kind of <see cref="SiteOperator"/>, as an operator's author writes it.</summary>
public sealed class Site : IKubernetesObject<V1ObjectMeta>
{
    public const string Group = "example.com";
    public const string Version = "v1";
    public const string Plural = "sites";

    /// <summary>The CustomResourceDefinition in JSON.</summary>
    public const string Definition = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"sites.example.com"},"spec":{
         "group":"example.com","scope":"Namespaced","names":{"plural":"sites","singular":"site","kind":"Site","listKind":"SiteList"},
         "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object",
          "properties":{
           "spec":{"type":"object","required":["greeting"],"properties":{
            "greeting":{"type":"string"},"replicas":{"type":"integer","minimum":0}}},
           "status":{"type":"object","properties":{"observedReplicas":{"type":"integer"},"servedBy":{"type":"string"}}}}}}}]}}
        """;

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = $"{Group}/{Version}";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "Site";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public SiteSpec Spec { get; set; } = new();

    [JsonPropertyName("status")]
    public SiteStatus? Status { get; set; }
}

public sealed class SiteSpec
{
    [JsonPropertyName("greeting")]
    public string Greeting { get; set; } = "";

    [JsonPropertyName("replicas")]
    public int? Replicas { get; set; }
}

public sealed class SiteStatus
{
    [JsonPropertyName("observedReplicas")]
    public int? ObservedReplicas { get; set; }

    [JsonPropertyName("servedBy")]
    public string? ServedBy { get; set; }
}
