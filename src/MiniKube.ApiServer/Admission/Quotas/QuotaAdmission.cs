using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Refuses what would exceed a quota of its namespace. Exact: where quotas count a kind, its objects are created one at a time, and what
/// is there is counted each time, so that no two requests are given the same rest. Elsewhere it costs one look for quotas.
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/
/// </summary>
internal sealed class QuotaAdmission(IResourceStore store) : IAdmission
{
    // One for each namespace that ever met a quota.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    public string Name => "ResourceQuota";

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is not { Operation: Verb.Create or Verb.Update, Subresource: "", Key.Namespace.Length: > 0, Object: { } item }
            || QuotasOf(request, item).Count == 0)
        {
            return;
        }

        var resource = request.Definition.Gvr;
        var before = request.OldObject is null ? new Dictionary<string, Quantity>() : QuotaUsage.Of(resource, request.OldObject);
        var wanted = Growth(QuotaUsage.Of(resource, item), before);
        if (wanted.Count == 0)
        {
            return;
        }

        await EnterAsync(request, cancellationToken);
        foreach (var quota in QuotasOf(request, item))
        {
            Check(request, quota, wanted);
        }
    }

    /// <summary>Held until the write has been done or has failed.</summary>
    private async Task EnterAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(request.Key.Namespace, static _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        request.Holds.Add(() => gate.Release());
    }

    private static List<V1ResourceQuota> QuotasOf(AdmissionRequest request, IKubernetesObject<V1ObjectMeta> item)
        => [.. request.Objects.List<V1ResourceQuota>(request.Key.Namespace)
            .Where(quota => QuotaUsage.Concerns(request.Definition.Gvr, HardOf(quota).Keys)
                && QuotaScopes.Matches(quota.Spec, item))];

    private static IDictionary<string, ResourceQuantity> HardOf(V1ResourceQuota quota)
        => quota.Spec?.Hard ?? new Dictionary<string, ResourceQuantity>();

    private static Dictionary<string, Quantity> Growth(
        IReadOnlyDictionary<string, Quantity> after, IReadOnlyDictionary<string, Quantity> before)
        => after
            .Select(one => (one.Key, Amount: one.Value - (before.TryGetValue(one.Key, out var old) ? old : Quantity.Zero)))
            .Where(static one => one.Amount.Sign > 0)
            .ToDictionary(static one => one.Key, static one => one.Amount);

    private void Check(AdmissionRequest request, V1ResourceQuota quota, Dictionary<string, Quantity> wanted)
    {
        var hard = HardOf(quota).ToDictionary(static one => one.Key, static one => Quantity.Of(one.Value));
        if (request is { Operation: Verb.Create, Object: V1Pod pod } && QuotaUsage.Unsaid(pod.Spec, hard.Keys) is { Count: > 0 } unsaid)
        {
            throw Refuse(request, $"failed quota: {quota.Metadata.Name}: must specify {string.Join("; ", unsaid)}");
        }

        var counted = wanted.Keys.Where(hard.ContainsKey).Order(StringComparer.Ordinal).ToList();
        var used = counted.Count == 0 ? [] : Used(request, quota, counted);
        var exceeded = counted.Where(name => (used[name] + wanted[name]).CompareTo(hard[name]) > 0).ToList();
        if (exceeded.Count > 0)
        {
            throw Refuse(request,
                $"exceeded quota: {quota.Metadata.Name}, requested: {Told(exceeded, wanted)}, used: {Told(exceeded, used)}, "
                + $"limited: {Told(exceeded, hard)}");
        }
    }

    private Dictionary<string, Quantity> Used(AdmissionRequest request, V1ResourceQuota quota, List<string> names)
    {
        var definition = request.Definition;
        var used = names.ToDictionary(static name => name, static _ => Quantity.Zero);
        var page = store.List(new ListRequest(new KeyRange(definition.StoredAs, request.Key.Namespace)));
        var items = page.Objects.Select(stored => definition.View(stored).Item);
        foreach (var item in items.Where(item => QuotaScopes.Matches(quota.Spec, item)))
        {
            var own = QuotaUsage.Of(definition.Gvr, item);
            foreach (var name in names)
            {
                used[name] += own.TryGetValue(name, out var amount) ? amount : Quantity.Zero;
            }
        }

        return used;
    }

    private static string Told(List<string> names, Dictionary<string, Quantity> amounts)
        => string.Join(',', names.Select(name => $"{name}={amounts[name]}"));

    private static ApiException Refuse(AdmissionRequest request, string why)
        => ApiException.Forbidden(request.Definition.Gvr, request.Key.Name, why);
}
