using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>pods/binding</c>: gives a pod its node, once. A null uid binds whatever pod has the name.
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/
/// </summary>
internal sealed record PodBinding(string? PodUid, string NodeName)
{
    private const string Scheduled = "PodScheduled";

    private static readonly Gvk Kind = new("", "v1", "Binding");

    /// <exception cref="ApiException">
    /// Conflict: the pod is bound, is being deleted, or is another one by now.
    /// </exception>
    public static async ValueTask<StoredObject> BindAsync(
        ApiPipeline pipeline,
        ResourceRequest request,
        PodBinding binding,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var changed = await pipeline.AdmitBodyAsync(
            request, () => AdmissionBody.Of(Kind, binding.Body(request), options), cancellationToken);
        var admitted = changed is null ? binding : Of(JsonText.Decode<V1Binding>(JsonText.Encode(changed)), request.Name);
        return await pipeline.UpdateAsync(
            request, current => admitted.Apply(request, current, pipeline.Now), UpdateStrategy.Verbatim, options, cancellationToken);
    }

    /// <summary>Reads the body of a binding request.</summary>
    /// <exception cref="ApiException">Invalid: it names no node.</exception>
    public static PodBinding Of(V1Binding body, string podName)
    {
        var errors = new FieldErrors();
        if (body.Target?.Kind is { Length: > 0 } kind && kind != "Node")
        {
            errors.NotSupported("target.kind", kind, ["Node"]);
        }

        if (string.IsNullOrEmpty(body.Target?.Name))
        {
            errors.Required("target.name");
        }

        errors.ThrowIfAny(Kind, podName);
        return new PodBinding(body.Metadata?.Uid, body.Target!.Name);
    }

    private V1Binding Body(ResourceRequest request) => new()
    {
        Metadata = new V1ObjectMeta { Name = request.Name, NamespaceProperty = request.Namespace, Uid = PodUid },
        Target = new V1ObjectReference { Kind = "Node", Name = NodeName },
    };

    private V1Pod Apply(ResourceRequest request, StoredObject current, DateTime now)
    {
        var pod = (V1Pod)request.Definition.Decode(current.Json.Span);
        var refusal = Refusal(pod);
        if (refusal is not null)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name, refusal);
        }

        pod.Spec.NodeName = NodeName;
        pod.Status ??= new V1PodStatus();
        pod.Status.Conditions = [.. (pod.Status.Conditions ?? []).Where(one => one.Type != Scheduled), Bound(pod, now)];
        return pod;
    }

    private string? Refusal(V1Pod pod)
    {
        if (!string.IsNullOrEmpty(PodUid) && PodUid != pod.Metadata.Uid)
        {
            return $"Precondition failed: UID in precondition: {PodUid}, UID in object meta: {pod.Metadata.Uid}";
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return $"pod {pod.Metadata.Name} is being deleted, cannot be assigned to a host";
        }

        return string.IsNullOrEmpty(pod.Spec.NodeName)
            ? null
            : $"pod {pod.Metadata.Name} is already assigned to node \"{pod.Spec.NodeName}\"";
    }

    private static V1PodCondition Bound(V1Pod pod, DateTime now)
    {
        var before = pod.Status.Conditions?.FirstOrDefault(one => one.Type == Scheduled);
        return new V1PodCondition
        {
            Type = Scheduled,
            Status = "True",
            LastTransitionTime = before?.Status == "True" ? before.LastTransitionTime : now,
            ObservedGeneration = before?.ObservedGeneration,
        };
    }
}
