using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary><c>kubectl auth can-i</c>: may I?</summary>
internal sealed class SelfSubjectAccessReviewResource() : ReviewDefinition<V1SelfSubjectAccessReview>(
    new Gvr("authorization.k8s.io", "v1", "selfsubjectaccessreviews"), Scope.Cluster, "SelfSubjectAccessReview")
{
    protected override void ApplyDefaults(V1SelfSubjectAccessReview item) => item.Spec ??= new V1SelfSubjectAccessReviewSpec();

    protected override void Validate(V1SelfSubjectAccessReview item, FieldErrors errors)
        => AccessReviewAnswer.Validate(item.Spec.ResourceAttributes, item.Spec.NonResourceAttributes, errors);

    protected override void Answer(V1SelfSubjectAccessReview item, ResourceRequest request, ReviewContext context)
        => item.Status = AccessReviewAnswer.Of(
            request.User, item.Spec.ResourceAttributes, item.Spec.NonResourceAttributes, context.Authorizer);
}

/// <summary>May somebody else? What extension API servers ask.</summary>
internal sealed class SubjectAccessReviewResource() : ReviewDefinition<V1SubjectAccessReview>(
    new Gvr("authorization.k8s.io", "v1", "subjectaccessreviews"), Scope.Cluster, "SubjectAccessReview")
{
    protected override void ApplyDefaults(V1SubjectAccessReview item) => item.Spec ??= new V1SubjectAccessReviewSpec();

    protected override void Validate(V1SubjectAccessReview item, FieldErrors errors) => AccessReviewAnswer.Validate(item.Spec, errors);

    protected override void Answer(V1SubjectAccessReview item, ResourceRequest request, ReviewContext context)
        => item.Status = AccessReviewAnswer.Of(item.Spec, context.Authorizer);
}

/// <summary>The same about one namespace, for whoever may ask there only.</summary>
internal sealed class LocalSubjectAccessReviewResource() : ReviewDefinition<V1LocalSubjectAccessReview>(
    new Gvr("authorization.k8s.io", "v1", "localsubjectaccessreviews"), Scope.Namespaced, "LocalSubjectAccessReview")
{
    protected override void ApplyDefaults(V1LocalSubjectAccessReview item) => item.Spec ??= new V1SubjectAccessReviewSpec();

    protected override void Validate(V1LocalSubjectAccessReview item, FieldErrors errors)
    {
        AccessReviewAnswer.Validate(item.Spec, errors);
        if (item.Spec.NonResourceAttributes is not null)
        {
            errors.Forbidden("spec.nonResourceAttributes", "disallowed on this kind of request");
        }

        var own = item.Metadata.NamespaceProperty;
        if (item.Spec.ResourceAttributes?.NamespaceProperty is { } space && space != own)
        {
            errors.Invalid("spec.resourceAttributes.namespace", space, $"must match metadata.namespace: {own}");
        }
    }

    protected override void Answer(V1LocalSubjectAccessReview item, ResourceRequest request, ReviewContext context)
        => item.Status = AccessReviewAnswer.Of(item.Spec, context.Authorizer);
}

/// <summary><c>kubectl auth can-i --list</c>: what may I in this namespace?</summary>
internal sealed class SelfSubjectRulesReviewResource() : ReviewDefinition<V1SelfSubjectRulesReview>(
    new Gvr("authorization.k8s.io", "v1", "selfsubjectrulesreviews"), Scope.Cluster, "SelfSubjectRulesReview")
{
    protected override void ApplyDefaults(V1SelfSubjectRulesReview item) => item.Spec ??= new V1SelfSubjectRulesReviewSpec();

    protected override void Validate(V1SelfSubjectRulesReview item, FieldErrors errors)
        => errors.Required("spec.namespace", item.Spec.NamespaceProperty, "");

    protected override void Answer(V1SelfSubjectRulesReview item, ResourceRequest request, ReviewContext context)
    {
        var rules = context.Authorizer.RulesOf(request.User, item.Spec.NamespaceProperty).ToList();
        item.Status = new V1SubjectRulesReviewStatus
        {
            Incomplete = request.User.NodeName is not null,
            EvaluationError = request.User.NodeName is null ? null : "what nodes may depends on their pods and is not listed",
            ResourceRules =
            [
                .. rules.Where(static rule => rule.Resources is { Count: > 0 }).Select(static rule => new V1ResourceRule
                {
                    Verbs = rule.Verbs,
                    ApiGroups = rule.ApiGroups,
                    Resources = rule.Resources,
                    ResourceNames = rule.ResourceNames,
                }),
            ],
            NonResourceRules =
            [
                .. rules.Where(static rule => rule.NonResourceURLs is { Count: > 0 }).Select(static rule => new V1NonResourceRule
                {
                    Verbs = rule.Verbs,
                    NonResourceURLs = rule.NonResourceURLs,
                }),
            ],
        };
    }
}
