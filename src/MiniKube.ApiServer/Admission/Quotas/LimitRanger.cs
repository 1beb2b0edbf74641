using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Gives containers the amounts their namespace's LimitRanges say, and refuses pods and claims outside of the bounds.
/// https://kubernetes.io/docs/concepts/policy/limit-range/
/// </summary>
internal sealed class LimitRanger : IAdmission
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public string Name => "LimitRanger";

    public bool MayChange(ResourceDefinition definition) => definition is PodResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Subresource: "", Object: V1Pod or V1PersistentVolumeClaim }
            || request is { Operation: Verb.Update, Subresource: "", Object: V1PersistentVolumeClaim })
        {
            var ranges = request.Objects.List<V1LimitRange>(request.Key.Namespace).ToList();
            Admit(request, ranges);
        }

        return ValueTask.CompletedTask;
    }

    private static void Admit(AdmissionRequest request, List<V1LimitRange> ranges)
    {
        var limits = ranges.SelectMany(static range => range.Spec?.Limits ?? []).ToList();
        if (limits.Count == 0)
        {
            return;
        }

        if (request is { Operation: Verb.Create, Object: V1Pod pod })
        {
            foreach (var item in limits.Where(static item => item.Type == "Container"))
            {
                Fill(pod, item);
            }
        }

        var problems = limits.SelectMany(item => Problems(request.Object!, item)).ToList();
        if (problems.Count > 0)
        {
            throw ApiException.Forbidden(
                request.Definition.Gvr, request.Key.Name, problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]");
        }
    }

    private static void Fill(V1Pod pod, V1LimitRangeItem item)
    {
        var told = new List<string>();
        foreach (var container in pod.Spec.Containers ?? [])
        {
            Fill(container, item, "", told);
        }

        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            Fill(container, item, "init ", told);
        }

        if (told.Count > 0)
        {
            pod.Metadata.Annotations ??= new Dictionary<string, string>();
            pod.Metadata.Annotations[Annotation] = $"LimitRanger plugin set: {string.Join("; ", told)}";
        }
    }

    private static void Fill(V1Container container, V1LimitRangeItem item, string kind, List<string> told)
    {
        container.Resources ??= new V1ResourceRequirements();
        container.Resources.Requests = Merge(container.Resources.Requests, item.DefaultRequest, out var requests);
        container.Resources.Limits = Merge(container.Resources.Limits, item.DefaultProperty, out var limits);
        if (requests.Count > 0)
        {
            told.Add($"{string.Join(", ", requests)} request for {kind}container {container.Name}");
        }

        if (limits.Count > 0)
        {
            told.Add($"{string.Join(", ", limits)} limit for {kind}container {container.Name}");
        }
    }

    private static IDictionary<string, ResourceQuantity>? Merge(
        IDictionary<string, ResourceQuantity>? own, IDictionary<string, ResourceQuantity>? defaults, out List<string> added)
    {
        added = [.. (defaults?.Keys ?? []).Where(name => own?.ContainsKey(name) != true).Order(StringComparer.Ordinal)];
        if (added.Count == 0)
        {
            return own;
        }

        var merged = new Dictionary<string, ResourceQuantity>(own ?? new Dictionary<string, ResourceQuantity>());
        foreach (var name in added)
        {
            merged[name] = defaults![name];
        }

        return merged;
    }

    private static IEnumerable<string> Problems(object item, V1LimitRangeItem bounds) => (item, bounds.Type) switch
    {
        (V1Pod pod, "Container") => (pod.Spec.Containers ?? []).Concat(pod.Spec.InitContainers ?? [])
            .SelectMany(container => new LimitBounds(
                bounds, Amounts(container.Resources?.Requests), Amounts(container.Resources?.Limits)).Problems()),
        (V1Pod pod, "Pod") => new LimitBounds(bounds, PodAmounts.Requests(pod.Spec), PodAmounts.Limits(pod.Spec)).Problems(),
        (V1PersistentVolumeClaim claim, "PersistentVolumeClaim") => new LimitBounds(
            bounds, Amounts(claim.Spec?.Resources?.Requests), Amounts(claim.Spec?.Resources?.Requests)).ProblemsOfRequests(),
        _ => [],
    };

    private static Dictionary<string, Quantity> Amounts(IDictionary<string, ResourceQuantity>? amounts)
        => (amounts ?? new Dictionary<string, ResourceQuantity>())
            .ToDictionary(static one => one.Key, static one => Quantity.Of(one.Value));
}
