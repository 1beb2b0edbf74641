using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The scale subresource of a custom kind: where its numbers and its selector are.</summary>
internal static class CustomScale
{
    public static ScaleMapping? Of(V1CustomResourceSubresourceScale scale)
    {
        if (!JsonPath.TryParse(scale.SpecReplicasPath, out var wanted) || wanted.Names is not { Length: > 0 } names
            || !JsonPath.TryParse(scale.StatusReplicasPath, out var present))
        {
            return null;
        }

        JsonPath.TryParse(scale.LabelSelectorPath ?? "", out var selector);
        var hasSelector = !string.IsNullOrEmpty(scale.LabelSelectorPath);
        return new ScaleMapping(
            item => CustomFields.Number((CustomObject)item, wanted) ?? 0,
            (item, replicas) => CustomFields.Set(((CustomObject)item).Body, names, (long)replicas),
            item => CustomFields.Number((CustomObject)item, present) ?? 0,
            item => hasSelector ? CustomFields.Text((CustomObject)item, selector) : "");
    }

    public static void Validate(ScaleMapping scale, CustomObject item, FieldErrors errors)
    {
        if (scale.SpecReplicas(item) is < 0 and var wanted)
        {
            errors.Invalid("spec.replicas", wanted, "should be a non-negative integer");
        }

        if (scale.StatusReplicas(item) is < 0 and var present)
        {
            errors.Invalid("status.replicas", present, "should be a non-negative integer");
        }
    }
}
