using k8s;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// How much an object uses of what quotas count, by the names quotas have for it. Pure.
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/
/// </summary>
public static class QuotaUsage
{
    private static readonly string[] Bare = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>What the object of a resource uses: each name with its amount.</summary>
    public static IReadOnlyDictionary<string, Quantity> Of(Gvr resource, IKubernetesObject<V1ObjectMeta> item)
    {
        var used = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [CountOf(resource)] = Quantity.Of(1) };
        switch (item)
        {
            case V1Pod pod:
                AddPod(used, pod);
                break;
            case V1Service service:
                AddService(used, service);
                break;
            case V1PersistentVolumeClaim claim:
                AddClaim(used, claim);
                break;
            case V1ConfigMap or V1Secret or V1ReplicationController or V1ResourceQuota:
                used[resource.Resource] = Quantity.Of(1);
                break;
        }

        return used;
    }

    /// <summary>True when one of the names is about objects of the resource.</summary>
    public static bool Concerns(Gvr resource, IEnumerable<string> names)
        => names.Any(name => name == CountOf(resource) || Counts(resource, name));

    /// <summary>The compute resources a quota counts that a pod's containers do not say, as <c>limits.cpu for: a,b</c>.</summary>
    public static IReadOnlyList<string> Unsaid(V1PodSpec spec, IEnumerable<string> names)
    {
        var all = (spec.InitContainers ?? []).Concat(spec.Containers ?? []).ToList();
        return [.. names.Order(StringComparer.Ordinal)
            .Select(name => (
                name,
                Missing: all.Where(container => !Says(container.Resources, name)).Select(static one => one.Name).ToList()))
            .Where(static one => one.Missing.Count > 0)
            .Select(static one => $"{one.name} for: {string.Join(',', one.Missing.Order(StringComparer.Ordinal))}")];
    }

    private static string CountOf(Gvr resource)
        => resource.Group.Length == 0 ? $"count/{resource.Resource}" : $"count/{resource.Resource}.{resource.Group}";

    private static bool Counts(Gvr resource, string name) => (resource.Group, resource.Resource) switch
    {
        ("", "pods") => name == "pods" || Bare.Contains(name) || IsCompute(name),
        ("", "services") => name is "services" or "services.nodeports" or "services.loadbalancers",
        ("", "persistentvolumeclaims") => name is "persistentvolumeclaims" or "requests.storage"
            || name.Contains(StorageClassMark, StringComparison.Ordinal),
        ("", "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas") => name == resource.Resource,
        _ => false,
    };

    private const string StorageClassMark = ".storageclass.storage.k8s.io/";

    private static bool IsCompute(string name)
        => (name.StartsWith("requests.", StringComparison.Ordinal) && name != "requests.storage")
            || name.StartsWith("limits.", StringComparison.Ordinal)
            || name.StartsWith("hugepages-", StringComparison.Ordinal);

    private static bool Says(V1ResourceRequirements? resources, string name)
    {
        var (amounts, resource) = name switch
        {
            _ when name.StartsWith("limits.", StringComparison.Ordinal) => (resources?.Limits, name["limits.".Length..]),
            _ when name.StartsWith("requests.", StringComparison.Ordinal) => (resources?.Requests, name["requests.".Length..]),
            _ => (resources?.Requests, name),
        };
        // Only what every container can be asked to say.
        return !Bare.Contains(resource) || amounts?.ContainsKey(resource) == true;
    }

    private static void AddPod(Dictionary<string, Quantity> used, V1Pod pod)
    {
        // A pod that has ended uses nothing of the node; it is still an object.
        if (pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return;
        }

        used["pods"] = Quantity.Of(1);
        foreach (var (name, amount) in PodAmounts.Requests(pod.Spec))
        {
            used[$"requests.{name}"] = amount;
            if (Bare.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal))
            {
                used[name] = amount;
            }
        }

        foreach (var (name, amount) in PodAmounts.Limits(pod.Spec))
        {
            used[$"limits.{name}"] = amount;
        }
    }

    private static void AddService(Dictionary<string, Quantity> used, V1Service service)
    {
        used["services"] = Quantity.Of(1);
        var isBalanced = service.Spec?.Type == "LoadBalancer";
        used["services.loadbalancers"] = Quantity.Of(isBalanced ? 1 : 0);
        var ports = service.Spec?.Ports?.Count ?? 0;
        var onNodes = service.Spec?.Type == "NodePort" || (isBalanced && service.Spec!.AllocateLoadBalancerNodePorts != false) ? ports : 0;
        used["services.nodeports"] = Quantity.Of(onNodes);
    }

    private static void AddClaim(Dictionary<string, Quantity> used, V1PersistentVolumeClaim claim)
    {
        used["persistentvolumeclaims"] = Quantity.Of(1);
        var size = claim.Spec?.Resources?.Requests is { } requests && requests.TryGetValue("storage", out var amount)
            ? Quantity.Of(amount)
            : Quantity.Zero;
        used["requests.storage"] = size;
        if (claim.Spec?.StorageClassName is { Length: > 0 } storageClass)
        {
            used[$"{storageClass}{StorageClassMark}persistentvolumeclaims"] = Quantity.Of(1);
            used[$"{storageClass}{StorageClassMark}requests.storage"] = size;
        }
    }
}
