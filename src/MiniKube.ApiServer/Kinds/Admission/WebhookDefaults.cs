using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What Kubernetes fills into webhooks and rules that leave it out.</summary>
internal static class WebhookDefaults
{
    private const int Port = 443;
    private const int TimeoutSeconds = 10;

    public static void Apply(V1MutatingWebhook hook)
    {
        hook.FailurePolicy ??= "Fail";
        hook.MatchPolicy ??= "Equivalent";
        hook.NamespaceSelector ??= new V1LabelSelector();
        hook.ObjectSelector ??= new V1LabelSelector();
        hook.TimeoutSeconds ??= TimeoutSeconds;
        hook.ReinvocationPolicy ??= "Never";
        Apply(hook.ClientConfig);
        Apply(hook.Rules);
    }

    public static void Apply(V1ValidatingWebhook hook)
    {
        hook.FailurePolicy ??= "Fail";
        hook.MatchPolicy ??= "Equivalent";
        hook.NamespaceSelector ??= new V1LabelSelector();
        hook.ObjectSelector ??= new V1LabelSelector();
        hook.TimeoutSeconds ??= TimeoutSeconds;
        Apply(hook.ClientConfig);
        Apply(hook.Rules);
    }

    private static void Apply(Admissionregistrationv1WebhookClientConfig? client)
    {
        if (client?.Service is { } service)
        {
            service.Port ??= Port;
        }
    }

    private static void Apply(IList<V1RuleWithOperations>? rules)
    {
        foreach (var rule in rules ?? [])
        {
            rule.Scope ??= "*";
        }
    }
}
