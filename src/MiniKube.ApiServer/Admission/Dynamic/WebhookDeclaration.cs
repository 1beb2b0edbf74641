using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>A webhook as its configuration declares it, mutating and validating ones alike. What is left out is null.</summary>
internal sealed record WebhookDeclaration
{
    public required string Name { get; init; }

    public required WebhookTarget Target { get; init; }

    public required IReadOnlyList<OperationRule> Rules { get; init; }

    public string? FailurePolicy { get; init; }

    public string? MatchPolicy { get; init; }

    public V1LabelSelector? NamespaceSelector { get; init; }

    public V1LabelSelector? ObjectSelector { get; init; }

    public string? SideEffects { get; init; }

    public int? TimeoutSeconds { get; init; }

    public IReadOnlyList<string> ReviewVersions { get; init; } = [];

    public IReadOnlyList<V1MatchCondition> MatchConditions { get; init; } = [];

    /// <summary>Null also for validating webhooks.</summary>
    public string? ReinvocationPolicy { get; init; }

    public static WebhookDeclaration Of(V1MutatingWebhook hook) => new()
    {
        Name = hook.Name ?? "",
        Target = TargetOf(hook.ClientConfig),
        Rules = [.. (hook.Rules ?? []).Select(OperationRule.Of)],
        FailurePolicy = hook.FailurePolicy,
        MatchPolicy = hook.MatchPolicy,
        NamespaceSelector = hook.NamespaceSelector,
        ObjectSelector = hook.ObjectSelector,
        SideEffects = hook.SideEffects,
        TimeoutSeconds = hook.TimeoutSeconds,
        ReviewVersions = [.. hook.AdmissionReviewVersions ?? []],
        MatchConditions = [.. hook.MatchConditions ?? []],
        ReinvocationPolicy = hook.ReinvocationPolicy,
    };

    public static WebhookDeclaration Of(V1ValidatingWebhook hook) => new()
    {
        Name = hook.Name ?? "",
        Target = TargetOf(hook.ClientConfig),
        Rules = [.. (hook.Rules ?? []).Select(OperationRule.Of)],
        FailurePolicy = hook.FailurePolicy,
        MatchPolicy = hook.MatchPolicy,
        NamespaceSelector = hook.NamespaceSelector,
        ObjectSelector = hook.ObjectSelector,
        SideEffects = hook.SideEffects,
        TimeoutSeconds = hook.TimeoutSeconds,
        ReviewVersions = [.. hook.AdmissionReviewVersions ?? []],
        MatchConditions = [.. hook.MatchConditions ?? []],
    };

    private static WebhookTarget TargetOf(Admissionregistrationv1WebhookClientConfig? config)
        => config is null ? new WebhookTarget(null, null, null) : WebhookTarget.Of(config);
}
