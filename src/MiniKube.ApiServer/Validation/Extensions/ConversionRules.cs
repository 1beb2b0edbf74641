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

        if (webhook.ClientConfig is { } client)
        {
            WebhookClientRules.Validate(WebhookTarget.Of(client), $"{Path}.webhook.clientConfig", errors);
        }
        else
        {
            errors.Required($"{Path}.webhook.clientConfig", "required when strategy is set to Webhook");
        }


        Reviews(webhook.ConversionReviewVersions ?? [], errors);
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
