using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>/scale</c>: the number of replicas of any kind that has one, as <c>autoscaling/v1 Scale</c>. Pure.
/// </summary>
internal static class ScaleSubresource
{
    private static readonly Gvk Kind = new("autoscaling", "v1", "Scale");

    public static V1Scale Of(ResourceDefinition definition, StoredObject stored) => Of(definition, definition.View(stored).Item);

    public static V1Scale Of(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
    {
        var mapping = definition.Scale!;
        return new V1Scale
        {
            ApiVersion = Kind.ApiVersion,
            Kind = Kind.Kind,
            Metadata = new V1ObjectMeta
            {
                Name = item.Metadata.Name,
                NamespaceProperty = item.Metadata.NamespaceProperty,
                Uid = item.Metadata.Uid,
                ResourceVersion = item.Metadata.ResourceVersion,
                CreationTimestamp = item.Metadata.CreationTimestamp,
            },
            Spec = new V1ScaleSpec { Replicas = mapping.SpecReplicas(item) },
            Status = new V1ScaleStatus { Replicas = mapping.StatusReplicas(item), Selector = mapping.Selector(item) },
        };
    }

    /// <summary>An applied scale as a configuration of the object: its number of replicas and nothing else.</summary>
    /// <exception cref="ApiException">BadRequest: it is no Scale. Invalid: the number is negative or missing.</exception>
    public static ApplyConfiguration Configuration(ResourceRequest request, ReadOnlyMemory<byte> body)
    {
        var scale = JsonText.Decode<V1Scale>(ApplyConfiguration.ToJson(body).Span);
        if (scale.Kind != Kind.Kind || scale.ApiVersion != Kind.ApiVersion)
        {
            throw new ApiException(StatusReason.BadRequest,
                $"an apply patch of this path must be a {Kind.Kind} of {Kind.ApiVersion}, not a {scale.Kind} of {scale.ApiVersion}");
        }

        if (scale.Spec?.Replicas is not { } replicas || replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.replicas", scale.Spec?.Replicas, "must be greater than or equal to 0");
            errors.ThrowIfAny(Kind, request.Name);
            return null!;
        }

        var item = new JsonObject
        {
            ["apiVersion"] = request.Definition.Gvk.ApiVersion,
            ["kind"] = request.Definition.Gvk.Kind,
            ["metadata"] = new JsonObject { ["name"] = scale.Metadata?.Name ?? request.Name },
            ["spec"] = new JsonObject { ["replicas"] = replicas },
        };
        return ApplyConfiguration.Of(request, JsonText.Encode(item));
    }

    /// <summary>The present object with the scale's number, name and preconditions.</summary>
    /// <exception cref="ApiException">Invalid: the number is negative.</exception>
    public static IKubernetesObject<V1ObjectMeta> Apply(
        ResourceDefinition definition, StoredObject current, V1Scale scale)
    {
        var replicas = scale.Spec?.Replicas ?? 0;
        if (replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.replicas", replicas, "must be greater than or equal to 0");
            errors.ThrowIfAny(Kind, current.Key.Name);
        }

        var item = definition.Decode(current.Json.Span);
        definition.Scale!.SetSpecReplicas(item, replicas);
        item.Metadata.Name = scale.Metadata?.Name ?? item.Metadata.Name;
        item.Metadata.ResourceVersion = scale.Metadata?.ResourceVersion;
        return item;
    }
}
