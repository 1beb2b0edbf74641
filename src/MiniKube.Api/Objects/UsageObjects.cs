using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>What a node uses now: the model of the client library, with version and kind as every object has them.</summary>
[KubernetesEntity(Group = "metrics.k8s.io", ApiVersion = "v1beta1", Kind = "NodeMetrics", PluralName = "nodes")]
public sealed class V1beta1NodeMetrics : NodeMetrics, IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    [JsonPropertyName("apiVersion"), JsonPropertyOrder(-2)]
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    [JsonPropertyName("kind"), JsonPropertyOrder(-1)]
    public string? Kind { get; set; }
}

/// <summary>What a pod's containers use now: the model of the client library, with version and kind as every object has them.</summary>
[KubernetesEntity(Group = "metrics.k8s.io", ApiVersion = "v1beta1", Kind = "PodMetrics", PluralName = "pods")]
public sealed class V1beta1PodMetrics : PodMetrics, IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    [JsonPropertyName("apiVersion"), JsonPropertyOrder(-2)]
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    [JsonPropertyName("kind"), JsonPropertyOrder(-1)]
    public string? Kind { get; set; }
}
