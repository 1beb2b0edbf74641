using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// An object of a kind that has no model: metadata by its model, everything else as the JSON it is. Written with its fields in
/// order of their names, so that equal objects are equal bytes. What kind it is of, a client must be told by other means than its type.
/// </summary>
[JsonConverter(typeof(CustomObjectConverter))]
[KubernetesEntity(Group = "", ApiVersion = "v1", Kind = "CustomObject", PluralName = "customobjects")]
public sealed class CustomObject : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc />
    public string Kind { get; set; } = "";

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Every top-level field but the three above.</summary>
    public JsonObject Body { get; set; } = [];
}
