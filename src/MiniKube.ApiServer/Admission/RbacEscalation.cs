using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Nobody gives what they do not have: a role may hold, and a binding may grant, only what its writer is allowed to do, unless
/// the writer has <c>escalate</c> or <c>bind</c> on the role.
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
/// </summary>
internal sealed class RbacEscalation(RbacPolicySource policies, Authorizer authorizer, ResourceIndex resources) : IAdmission
{
    private static readonly V1PolicyRule[] Everything =
    [
        new V1PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] },
        new V1PolicyRule { Verbs = ["*"], NonResourceURLs = ["*"] },
    ];

    public string Name => "RBACEscalationCheck";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var user = request.User;
        if (request.Object is V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding
            && !user.IsComponent && !user.Groups.Contains(UserInfo.Masters) && !ChangesOwnersOnly(request))
        {
            Check(request);
        }

        return ValueTask.CompletedTask;
    }

    private void Check(AdmissionRequest request)
    {
        switch (request.Object)
        {
            case V1Role role:
                CheckRole(request, role.Rules);
                break;
            case V1ClusterRole role:
                var aggregates = role.AggregationRule is not null
                    || request.OldObject is V1ClusterRole { AggregationRule: not null };
                CheckRole(request, aggregates ? Everything : role.Rules);
                break;
            case V1RoleBinding binding:
                CheckBinding(request, binding.RoleRef);
                break;
            case V1ClusterRoleBinding binding:
                CheckBinding(request, binding.RoleRef);
                break;
        }
    }

    private void CheckRole(AdmissionRequest request, IList<V1PolicyRule>? rules)
    {
        if (!Has(request, Verb.Escalate, request.Definition, request.Key.Name))
        {
            Confirm(request, rules);
        }
    }

    // What the reference lacks is validation's business, which comes after.
    private void CheckBinding(AdmissionRequest request, V1RoleRef? reference)
    {
        if (string.IsNullOrEmpty(reference?.Name) || reference.Kind is not (RbacTexts.Role or RbacTexts.ClusterRole))
        {
            return;
        }

        var isLocal = reference.Kind == RbacTexts.Role;
        var kind = resources.Get(isLocal ? typeof(V1Role) : typeof(V1ClusterRole));
        if (Has(request, Verb.Bind, kind, reference.Name))
        {
            return;
        }

        var rules = isLocal
            ? request.Objects.Find<V1Role>(new ObjectKey(request.Key.Namespace, reference.Name)) is { } own
                ? own.Rules
                : NotThere(kind, reference)
            : request.Objects.Find<V1ClusterRole>(ObjectKey.Cluster(reference.Name)) is { } role
                ? role.Rules
                : NotThere(kind, reference);
        Confirm(request, rules);
    }

    private bool Has(AdmissionRequest request, Verb verb, ResourceDefinition kind, string name)
        => authorizer.Decide(new ResourceRequest(request.User, verb, kind, request.Key.Namespace, name), null).IsAllowed;

    private void Confirm(AdmissionRequest request, IList<V1PolicyRule>? wanted)
    {
        var held = policies.Current.RulesOf(request.User, request.Key.Namespace).Select(static rule => rule.Source);
        var missing = RuleCoverage.Missing(held, wanted ?? []);
        if (missing.IsEmpty)
        {
            return;
        }

        throw ApiException.Forbidden(request.Definition.Gvr, request.Key.Name,
            $"user \"{request.User.Name}\" (groups={RuleCoverage.Quote(request.User.Groups)}) is attempting to grant RBAC "
            + $"permissions not currently held:\n{RuleCoverage.Describe(missing)}");
    }

    private static IList<V1PolicyRule> NotThere(ResourceDefinition kind, V1RoleRef reference)
        => throw ApiException.NotFound(kind.Gvr, reference.Name);

    // The garbage collector may free what it could not have written.
    private static bool ChangesOwnersOnly(AdmissionRequest request)
    {
        if (request is not { Object: { } item, OldObject: { } old })
        {
            return false;
        }

        var definition = request.Definition;
        var copy = definition.Decode(definition.Encode(item));
        copy.Metadata.OwnerReferences = old.Metadata.OwnerReferences;
        copy.Metadata.Finalizers = old.Metadata.Finalizers;
        copy.Metadata.ResourceVersion = old.Metadata.ResourceVersion;
        return definition.Encode(copy).AsSpan().SequenceEqual(definition.Encode(old));
    }
}
