using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class MutatingWebhookConfigurationResource : ResourceDefinition<V1MutatingWebhookConfiguration>
{
    public MutatingWebhookConfigurationResource()
        : base(
            new Gvr("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"),
            Scope.Cluster,
            "MutatingWebhookConfiguration")
    {
        HasGeneration = true;
        Categories = ["api-extensions"];
        Column("Webhooks", item => (long)(item.Webhooks?.Count ?? 0), "integer");
    }

    protected override void ApplyDefaults(V1MutatingWebhookConfiguration item)
    {
        foreach (var hook in item.Webhooks ?? [])
        {
            WebhookDefaults.Apply(hook);
        }
    }

    protected override void Validate(V1MutatingWebhookConfiguration item, FieldErrors errors)
        => WebhookRules.Validate([.. (item.Webhooks ?? []).Select(WebhookDeclaration.Of)], errors);
}
