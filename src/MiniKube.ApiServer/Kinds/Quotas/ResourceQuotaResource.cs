using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ResourceQuotaResource : ResourceDefinition<V1ResourceQuota>
{
    public ResourceQuotaResource()
        : base(Gvr.Core("v1", "resourcequotas"), Scope.Namespaced, "ResourceQuota")
    {
        ShortNames = ["quota"];
        HasStatus = true;
        Column("Request", quota => Amounts(quota, limits: false));
        Column("Limit", quota => Amounts(quota, limits: true));
    }

    protected override void ApplyDefaults(V1ResourceQuota quota) => quota.Spec ??= new V1ResourceQuotaSpec();

    protected override void PrepareForCreate(V1ResourceQuota quota) => quota.Status = new V1ResourceQuotaStatus();

    protected override void PrepareForUpdate(V1ResourceQuota quota, V1ResourceQuota old) => quota.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1ResourceQuota quota, V1ResourceQuota old) => quota.Spec = old.Spec;

    protected override void Validate(V1ResourceQuota quota, FieldErrors errors) => ResourceQuotaRules.Validate(quota.Spec, errors);

    protected override void ValidateUpdate(V1ResourceQuota quota, V1ResourceQuota old, FieldErrors errors)
        => ResourceQuotaRules.ValidateUpdate(quota.Spec, old.Spec, errors);

    private static string Amounts(V1ResourceQuota quota, bool limits)
    {
        var used = quota.Status?.Used ?? new Dictionary<string, ResourceQuantity>();
        return string.Join(", ", (quota.Status?.Hard ?? new Dictionary<string, ResourceQuantity>())
            .Where(one => one.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one =>
                $"{one.Key}: {Quantity.Of(used.TryGetValue(one.Key, out var amount) ? amount : null)}/{Quantity.Of(one.Value)}"));
    }
}
