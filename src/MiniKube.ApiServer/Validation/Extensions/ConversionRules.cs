using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of <c>spec.conversion</c>. Pure.</summary>
internal static class ConversionRules
{
    private const string Path = "spec.conversion";

    public static void Validate(
        V1CustomResourceConversion? conversion, IList<V1CustomResourceDefinitionVersion> versions, FieldErrors errors)
    {
        if (conversion is null)
        {
            return;
        }

        errors.OneOf($"{Path}.strategy", conversion.Strategy, "None", "Webhook");
        if (conversion.Strategy != "Webhook")
        {
            if (conversion.Webhook is not null)
            {
                errors.Forbidden($"{Path}.webhook", "should not be set when strategy is not set to Webhook");
            }

            return;
        }

        if (conversion.Webhook is not { } webhook)
        {
            errors.Required($"{Path}.webhook");
            return;
        }

        Client(webhook.ClientConfig, errors);
        Reviews(webhook.ConversionReviewVersions ?? [], errors);
    }

    private static void Client(Apiextensionsv1WebhookClientConfig? client, FieldErrors errors)
    {
        const string path = $"{Path}.webhook.clientConfig";
        if (client is null)
        {
            errors.Required(path, "required when strategy is set to Webhook");
            return;
        }

        var hasUrl = !string.IsNullOrEmpty(client.Url);
        if (hasUrl == (client.Service is not null))
        {
            errors.Required(path, "exactly one of url or service is required");
        }
        else if (hasUrl && (!Uri.TryCreate(client.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            errors.Invalid($"{path}.url", client.Url, "must be https://host[:port]/path, without user, query and fragment");
        }
        else if (client.Service is { } service)
        {
            errors.Required($"{path}.service.name", service.Name, "service name is required");
            errors.Required($"{path}.service.namespace", service.NamespaceProperty, "service namespace is required");
            if (service.Path is { Length: > 0 } at && !at.StartsWith('/'))
            {
                errors.Invalid($"{path}.service.path", at, "must start with a '/'");
            }

            if (service.Port is < 1 or > 65535)
            {
                errors.Invalid($"{path}.service.port", service.Port, "port is not valid: must be between 1 and 65535, inclusive");
            }
        }
    }

    private static void Reviews(IList<string> versions, FieldErrors errors)
    {
        const string path = $"{Path}.webhook.conversionReviewVersions";
        if (versions.Count == 0)
        {
            errors.Required(path);
            return;
        }

        for (var index = 0; index < versions.Count; index++)
        {
            errors.Invalid(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), versions[index],
                Names.CheckDns1035Label(versions[index]));
        }

        if (!versions.Contains(WebhookConverter.ReviewVersion))
        {
            errors.Invalid(path, versions, $"must include at least one of {WebhookConverter.ReviewVersion}");
        }
    }
}
