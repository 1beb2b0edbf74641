using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ValidatingWebhookConfigurationResource : ResourceDefinition<V1ValidatingWebhookConfiguration>
{
    public ValidatingWebhookConfigurationResource()
        : base(
            new Gvr("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"),
            Scope.Cluster,
            "ValidatingWebhookConfiguration")
    {
        HasGeneration = true;
        Categories = ["api-extensions"];
        Column("Webhooks", item => (long)(item.Webhooks?.Count ?? 0), "integer");
    }

    protected override void ApplyDefaults(V1ValidatingWebhookConfiguration item)
    {
        foreach (var hook in item.Webhooks ?? [])
        {
            WebhookDefaults.Apply(hook);
        }
    }

    protected override void Validate(V1ValidatingWebhookConfiguration item, FieldErrors errors)
        => WebhookRules.Validate([.. (item.Webhooks ?? []).Select(WebhookDeclaration.Of)], errors);
}
