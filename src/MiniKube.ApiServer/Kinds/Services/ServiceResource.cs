using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ServiceResource : ResourceDefinition<V1Service>
{
    public ServiceResource()
        : base(Gvr.Core("v1", "services"), Scope.Namespaced, "Service")
    {
        ReturnsDeletedObject = true;
        ShortNames = ["svc"];
        Categories = ["all"];
        NameRule = NameRule.Dns1035Label;
        HasStatus = true;
        Subresources = [SubresourceDefinition.Proxy("ServiceProxyOptions")];
        Column("Type", service => service.Spec.Type);
        Column("Cluster-IP", service => service.Spec.ClusterIPs is { Count: > 0 } addresses ? addresses[0] : null);
        Column("External-IP", ServiceTexts.ExternalAddress);
        Column("Port(s)", ServiceTexts.Ports);
        Column("Age", (service, now) => ColumnText.Since(service.Metadata.CreationTimestamp, now));
        Column("Selector", ServiceTexts.Selector, wide: true);
        Field("spec.clusterIP", service => service.Spec.ClusterIP);
        Field("spec.type", service => service.Spec.Type);
    }

    protected override void ApplyDefaults(V1Service service)
    {
        ServiceDefaults.Apply(service.Spec ??= new V1ServiceSpec());
        ServiceDefaults.Apply(service.Status);
    }

    protected override void PrepareForCreate(V1Service service)
        => service.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus() };

    protected override void PrepareForUpdate(V1Service service, V1Service old)
    {
        service.Status = old.Status;
        ServiceAllocatedFields.Keep(service.Spec, old.Spec);
        ServiceAllocatedFields.DropUnused(service.Spec, old.Spec);
    }

    protected override void PrepareForStatusUpdate(V1Service service, V1Service old) => service.Spec = old.Spec;

    protected override void Validate(V1Service service, FieldErrors errors) => ServiceRules.Validate(service.Spec, errors);

    protected override void ValidateUpdate(V1Service service, V1Service old, FieldErrors errors)
        => ServiceRules.ValidateUpdate(service.Spec, old.Spec, errors);
}
