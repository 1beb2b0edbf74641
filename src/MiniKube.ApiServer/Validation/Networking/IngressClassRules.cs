using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>IngressClasses. https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/</summary>
internal static class IngressClassRules
{
    private const int ControllerLengthMax = 250;

    public static void Validate(V1IngressClassSpec? spec, FieldErrors errors)
    {
        var controller = spec?.Controller ?? "";
        if (controller.Length > ControllerLengthMax)
        {
            errors.TooLong("spec.controller", ControllerLengthMax);
        }
        else if (controller.Length == 0)
        {
            errors.Required("spec.controller");
        }
        else
        {
            errors.Invalid("spec.controller", controller, Names.CheckDomainPrefixedPath(controller));
        }

        if (spec?.Parameters is { } parameters)
        {
            ValidateParameters(parameters, "spec.parameters", errors);
        }
    }

    private static void ValidateParameters(V1IngressClassParametersReference parameters, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(parameters.ApiGroup))
        {
            errors.Invalid($"{path}.apiGroup", parameters.ApiGroup, Names.CheckDnsSubdomain(parameters.ApiGroup));
        }

        errors.Required($"{path}.kind", parameters.Kind, "kind is required");
        errors.Required($"{path}.name", parameters.Name, "name is required");
        switch (parameters.Scope)
        {
            case "Namespace":
                errors.Required($"{path}.namespace", parameters.NamespaceProperty, "`parameters.scope` is set to 'Namespace'");
                break;
            case "Cluster" when !string.IsNullOrEmpty(parameters.NamespaceProperty):
                errors.Forbidden($"{path}.namespace", "`parameters.scope` is set to 'Cluster'");
                break;
            case "Cluster":
                break;
            default:
                errors.NotSupported($"{path}.scope", parameters.Scope, ["Cluster", "Namespace"]);
                break;
        }
    }
}
