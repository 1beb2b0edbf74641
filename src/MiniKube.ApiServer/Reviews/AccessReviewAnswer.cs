using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What the access reviews have in common. https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/</summary>
internal static class AccessReviewAnswer
{
    public static void Validate(V1SubjectAccessReviewSpec spec, FieldErrors errors)
    {
        Validate(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        if (string.IsNullOrEmpty(spec.User) && spec.Groups is not { Count: > 0 })
        {
            errors.Invalid("spec.user", spec.User ?? "", "at least one of user or group must be specified");
        }
    }

    public static void Validate(V1ResourceAttributes? resource, V1NonResourceAttributes? path, FieldErrors errors)
    {
        if (resource is not null && path is not null)
        {
            errors.Invalid("spec.nonResourceAttributes", path.Path, "cannot be specified in combination with resourceAttributes");
        }
        else if (resource is null && path is null)
        {
            errors.Invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
    }

    public static V1SubjectAccessReviewStatus Of(V1SubjectAccessReviewSpec spec, Authorizer authorizer)
        => Of(new UserInfo(spec.User ?? "", [.. spec.Groups ?? []]), spec.ResourceAttributes, spec.NonResourceAttributes, authorizer);

    public static V1SubjectAccessReviewStatus Of(
        UserInfo user, V1ResourceAttributes? resource, V1NonResourceAttributes? path, Authorizer authorizer)
    {
        var verdict = resource is not null
            ? authorizer.Decide(user, new AccessQuestion(
                resource.Verb ?? "",
                resource.Group ?? "",
                resource.Resource ?? "",
                resource.Subresource ?? "",
                resource.NamespaceProperty ?? "",
                resource.Name ?? ""))
            : authorizer.DecidePath(user, path!.Verb ?? "", path.Path ?? "");
        return new V1SubjectAccessReviewStatus { Allowed = verdict.IsAllowed, Reason = verdict.Reason.Length > 0 ? verdict.Reason : null };
    }
}
