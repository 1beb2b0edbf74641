using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Where a webhook listens, whichever kind says so: a URL or a Service, and who vouches for its certificate.</summary>
/// <param name="Url">Null when it is a Service.</param>
/// <param name="Service">Null when it is a URL.</param>
/// <param name="CaBundle">PEM; null or empty for the machine's authorities.</param>
internal sealed record WebhookTarget(string? Url, WebhookService? Service, byte[]? CaBundle)
{
    public static WebhookTarget Of(Apiextensionsv1WebhookClientConfig config) => new(
        config.Url,
        config.Service is { } service
            ? new WebhookService(service.NamespaceProperty, service.Name, service.Path, service.Port)
            : null,
        config.CaBundle);

    public static WebhookTarget Of(Admissionregistrationv1WebhookClientConfig config) => new(
        config.Url,
        config.Service is { } service
            ? new WebhookService(service.NamespaceProperty, service.Name, service.Path, service.Port)
            : null,
        config.CaBundle);
}

/// <summary>A port of a Service, 443 unless one is named, and the path behind it.</summary>
internal sealed record WebhookService(string? Namespace, string? Name, string? Path, int? Port);
