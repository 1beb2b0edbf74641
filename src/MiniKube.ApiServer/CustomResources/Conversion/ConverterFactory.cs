using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Chooses how objects of a definition are converted.</summary>
internal sealed class ConverterFactory(ObjectLookup objects)
{
    private readonly ServiceEndpoints _services = new(objects, new Random());

    public IObjectConverter Of(V1CustomResourceDefinition definition)
        => definition.Spec.Conversion is { Strategy: "Webhook", Webhook: { } webhook }
        ? new WebhookConverter(definition, new WebhookCaller(webhook.ClientConfig, _services))
        : new NoConverter();
}
