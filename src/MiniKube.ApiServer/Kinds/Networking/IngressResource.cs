using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class IngressResource : ResourceDefinition<V1Ingress>
{
    public IngressResource()
        : base(new Gvr("networking.k8s.io", "v1", "ingresses"), Scope.Namespaced, "Ingress")
    {
        ShortNames = ["ing"];
        HasStatus = true;
        HasGeneration = true;
        Column("Class", ingress => ingress.Spec.IngressClassName ?? LegacyClass(ingress));
        Column("Hosts", IngressTexts.Hosts);
        Column("Address", IngressTexts.Address);
        Column("Ports", ingress => ingress.Spec.Tls is { Count: > 0 } ? "80, 443" : "80");
    }

    internal const string ClassAnnotation = "kubernetes.io/ingress.class";

    protected override void ApplyDefaults(V1Ingress ingress) => ingress.Spec ??= new V1IngressSpec();

    protected override void PrepareForCreate(V1Ingress ingress)
        => ingress.Status = new V1IngressStatus { LoadBalancer = new V1IngressLoadBalancerStatus() };

    protected override void PrepareForUpdate(V1Ingress ingress, V1Ingress old) => ingress.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Ingress ingress, V1Ingress old) => ingress.Spec = old.Spec;

    protected override void Validate(V1Ingress ingress, FieldErrors errors) => IngressRules.Validate(ingress, errors);

    private static string? LegacyClass(V1Ingress ingress)
        => ingress.Metadata.Annotations?.TryGetValue(ClassAnnotation, out var name) == true ? name : null;
}
