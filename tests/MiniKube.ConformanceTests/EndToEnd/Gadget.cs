using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MiniKube.ConformanceTests;

/// <summary>A custom resource as a user of the C# client writes one.</summary>
[KubernetesEntity(Group = "cs.example.com", ApiVersion = "v1", Kind = "Gadget", PluralName = "gadgets")]
internal sealed class Gadget : IKubernetesObject<V1ObjectMeta>
{
    public static V1CustomResourceDefinition Definition => new()
    {
        Metadata = new V1ObjectMeta { Name = "gadgets.cs.example.com" },
        Spec = new V1CustomResourceDefinitionSpec
        {
            Group = "cs.example.com",
            Scope = "Namespaced",
            Names = new V1CustomResourceDefinitionNames { Plural = "gadgets", Singular = "gadget", Kind = "Gadget" },
            Versions =
            [
                new V1CustomResourceDefinitionVersion
                {
                    Name = "v1",
                    Served = true,
                    Storage = true,
                    Subresources = new V1CustomResourceSubresources { Status = new object() },
                    Schema = new V1CustomResourceValidation { OpenAPIV3Schema = Schema },
                },
            ],
        },
    };

    public string ApiVersion { get; set; } = "cs.example.com/v1";

    public string Kind { get; set; } = "Gadget";

    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public GadgetSpec Spec { get; set; } = new();

    [JsonPropertyName("status")]
    public GadgetStatus? Status { get; set; }

    private static V1JSONSchemaProps Schema => new()
    {
        Type = "object",
        Properties = new Dictionary<string, V1JSONSchemaProps>
        {
            ["spec"] = new()
            {
                Type = "object",
                Properties = new Dictionary<string, V1JSONSchemaProps>
                {
                    ["size"] = new() { Type = "integer", Minimum = 1, DefaultProperty = 3 },
                },
            },
            ["status"] = new()
            {
                Type = "object",
                Properties = new Dictionary<string, V1JSONSchemaProps> { ["phase"] = new() { Type = "string" } },
            },
        },
    };
}

/// <summary>What is wanted of a gadget.</summary>
internal sealed class GadgetSpec
{
    [JsonPropertyName("size")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Size { get; set; }
}

/// <summary>What is so.</summary>
internal sealed class GadgetStatus
{
    [JsonPropertyName("phase")]
    public string? Phase { get; set; }
}

/// <summary>A list of gadgets.</summary>
internal sealed class GadgetList : IKubernetesObject<V1ListMeta>, IItems<Gadget>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ListMeta Metadata { get; set; } = new();

    public IList<Gadget> Items { get; set; } = [];
}
