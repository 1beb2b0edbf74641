using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PodResource : ResourceDefinition<V1Pod>
{
    public PodResource()
        : base(Gvr.Core("v1", "pods"), Scope.Namespaced, "Pod")
    {
        ReturnsDeletedObject = true;
        ShortNames = ["po"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Subresources =
        [
            new SubresourceDefinition("attach", new Gvk("", "v1", "PodAttachOptions"), ["create", "get"]),
            new SubresourceDefinition("binding", new Gvk("", "v1", "Binding"), ["create"]),
            new SubresourceDefinition("ephemeralcontainers", new Gvk("", "v1", "Pod"), ["get", "patch", "update"]),
            new SubresourceDefinition("eviction", new Gvk("policy", "v1", "Eviction"), ["create"]),
            new SubresourceDefinition("exec", new Gvk("", "v1", "PodExecOptions"), ["create", "get"]),
            new SubresourceDefinition("log", new Gvk("", "v1", "Pod"), ["get"]),
            new SubresourceDefinition("portforward", new Gvk("", "v1", "PodPortForwardOptions"), ["create", "get"]),
            SubresourceDefinition.Proxy("PodProxyOptions"),
        ];
        AddColumns();
        AddFields();
    }

    protected override void ApplyDefaults(V1Pod pod) => PodDefaults.Apply(pod.Spec ??= new V1PodSpec());

    protected override void PrepareForCreate(V1Pod pod)
        => pod.Status = new V1PodStatus { Phase = "Pending", QosClass = PodQos.Of(pod.Spec) };

    protected override void PrepareForUpdate(V1Pod pod, V1Pod old) => pod.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Pod pod, V1Pod old)
    {
        pod.Spec = old.Spec;
        pod.Metadata.OwnerReferences = old.Metadata.OwnerReferences;
        pod.Status ??= new V1PodStatus();
        pod.Status.QosClass = old.Status?.QosClass;
    }

    protected override long DeletionGraceSeconds(V1Pod pod, long? asked)
    {
        // Nothing runs that would need time: not on a node yet, or already at its end.
        if (string.IsNullOrEmpty(pod.Spec.NodeName) || pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return 0;
        }

        var seconds = asked ?? pod.Spec.TerminationGracePeriodSeconds ?? PodDefaults.TerminationGraceSeconds;
        return seconds < 0 ? 1 : seconds;
    }

    public override void ValidateCreate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors)
    {
        Validate(item, errors);
        if (((V1Pod)item).Spec.EphemeralContainers is { Count: > 0 })
        {
            errors.Forbidden("spec.ephemeralContainers", "cannot be set on create");
        }
    }

    protected override void Validate(V1Pod pod, FieldErrors errors) => PodSpecRules.Validate(pod.Spec, "spec", errors);

    protected override void ValidateUpdate(V1Pod pod, V1Pod old, FieldErrors errors)
        => PodUpdateRules.Validate(pod, old, errors);

    private void AddColumns()
    {
        Column("Ready", pod => PodSummary.Of(pod).ReadyText);
        Column("Status", pod => PodSummary.Of(pod).Reason);
        Column("Restarts", (pod, now) => PodSummary.Of(pod).RestartsText(now));
        Column("Age", (pod, now) => ColumnText.Since(pod.Metadata.CreationTimestamp, now));
        Column("IP", pod => pod.Status?.PodIPs is { Count: > 0 } addresses ? addresses[0].Ip : pod.Status?.PodIP, wide: true);
        Column("Node", pod => pod.Spec.NodeName, wide: true);
        Column("Nominated Node", pod => pod.Status?.NominatedNodeName, wide: true);
        Column("Readiness Gates", PodSummary.ReadinessGates, wide: true);
    }

    private void AddFields()
    {
        Field("spec.nodeName", pod => pod.Spec.NodeName);
        Field("spec.restartPolicy", pod => pod.Spec.RestartPolicy);
        Field("spec.schedulerName", pod => pod.Spec.SchedulerName);
        Field("spec.serviceAccountName", pod => pod.Spec.ServiceAccountName);
        Field("spec.hostNetwork", pod => pod.Spec.HostNetwork == true ? "true" : "false");
        Field("status.phase", pod => pod.Status?.Phase);
        Field("status.podIP", pod => pod.Status?.PodIP);
        Field("status.nominatedNodeName", pod => pod.Status?.NominatedNodeName);
    }
}
