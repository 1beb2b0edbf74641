using System.Text.Json.Serialization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>The part of a custom object that is the same for all kinds: its metadata.</summary>
public sealed class CustomObjectHead
{
    /// <summary>Name, labels and the rest; null when there is none.</summary>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta? Metadata { get; set; }
}
