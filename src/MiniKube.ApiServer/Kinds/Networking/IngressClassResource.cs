using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class IngressClassResource : ResourceDefinition<V1IngressClass>
{
    public IngressClassResource()
        : base(new Gvr("networking.k8s.io", "v1", "ingressclasses"), Scope.Cluster, "IngressClass")
    {
        HasGeneration = true;
        Column("Controller", item => item.Spec?.Controller);
        Column("Parameters", Parameters);
    }

    protected override void ApplyDefaults(V1IngressClass item)
    {
        if (item.Spec?.Parameters is { } parameters && string.IsNullOrEmpty(parameters.Scope))
        {
            parameters.Scope = "Cluster";
        }
    }

    protected override void Validate(V1IngressClass item, FieldErrors errors) => IngressClassRules.Validate(item.Spec, errors);

    protected override void ValidateUpdate(V1IngressClass item, V1IngressClass old, FieldErrors errors)
    {
        errors.Immutable("spec.controller", item.Spec?.Controller, old.Spec?.Controller);
    }

    private static string Parameters(V1IngressClass item) => item.Spec?.Parameters switch
    {
        null => "<none>",
        { ApiGroup.Length: > 0 } parameters => $"{parameters.Kind}.{parameters.ApiGroup}/{parameters.Name}",
        var parameters => $"{parameters.Kind}/{parameters.Name}",
    };
}
