using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Gives a pod what its RuntimeClass says of its overhead and of the nodes it can run on.
/// https://kubernetes.io/docs/concepts/containers/runtime-class/
/// </summary>
internal sealed class RuntimeClassAdmission : IAdmission
{
    public string Name => "RuntimeClass";

    public bool MayChange(ResourceDefinition definition) => definition is PodResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Subresource: "", Object: V1Pod { Spec: { } spec } })
        {
            Admit(spec, request);
        }

        return ValueTask.CompletedTask;
    }

    private static void Admit(V1PodSpec spec, AdmissionRequest request)
    {
        if (string.IsNullOrEmpty(spec.RuntimeClassName))
        {
            if (spec.Overhead is { Count: > 0 })
            {
                throw Refuse(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
            }

            return;
        }

        var found = request.Objects.Find<V1RuntimeClass>(ObjectKey.Cluster(spec.RuntimeClassName))
            ?? throw Refuse(request, $"pod rejected: RuntimeClass \"{spec.RuntimeClassName}\" not found");
        SetOverhead(spec, found.Overhead?.PodFixed, request);
        SetScheduling(spec, found.Scheduling, request);
    }

    private static void SetOverhead(V1PodSpec spec, IDictionary<string, ResourceQuantity>? overhead, AdmissionRequest request)
    {
        if (spec.Overhead is { Count: > 0 } && !AreSame(spec.Overhead, overhead))
        {
            throw Refuse(request,
                "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }

        spec.Overhead = overhead ?? spec.Overhead;
    }

    private static void SetScheduling(V1PodSpec spec, V1Scheduling? scheduling, AdmissionRequest request)
    {
        foreach (var (key, value) in scheduling?.NodeSelector ?? new Dictionary<string, string>())
        {
            spec.NodeSelector ??= new Dictionary<string, string>();
            if (spec.NodeSelector.TryGetValue(key, out var own) && own != value)
            {
                throw Refuse(request,
                    $"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}");
            }

            spec.NodeSelector[key] = value;
        }

        foreach (var toleration in scheduling?.Tolerations ?? [])
        {
            spec.Tolerations ??= [];
            if (!spec.Tolerations.Any(own => own == toleration))
            {
                spec.Tolerations.Add(toleration);
            }
        }
    }

    private static bool AreSame(IDictionary<string, ResourceQuantity> own, IDictionary<string, ResourceQuantity>? other)
        => own.Count == (other?.Count ?? 0)
            && own.All(one => other!.TryGetValue(one.Key, out var amount) && Quantity.Of(amount).Equals(Quantity.Of(one.Value)));

    private static ApiException Refuse(AdmissionRequest request, string why)
        => ApiException.Forbidden(request.Definition.Gvr, request.Key.Name, why);
}
