using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Chooses how objects of a definition are converted.</summary>
internal sealed class ConverterFactory(ServiceEndpoints services)
{
    // A list of many objects comes back as large as it was sent; the patience is kube-apiserver's.
    private static readonly WebhookLimits Limits = new(TimeSpan.FromSeconds(30), 256 * 1024 * 1024);

    public IObjectConverter Of(V1CustomResourceDefinition definition)
        => definition.Spec.Conversion is { Strategy: "Webhook", Webhook: { } webhook }
        ? new WebhookConverter(definition, new WebhookCaller(WebhookTarget.Of(webhook.ClientConfig), services, Limits))
        : new NoConverter();
}
