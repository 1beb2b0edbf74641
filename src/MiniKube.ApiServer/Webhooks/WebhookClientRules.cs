using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a <c>clientConfig</c> must meet, whichever kind it is in. Pure.</summary>
internal static class WebhookClientRules
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Validate(WebhookTarget target, string path, FieldErrors errors)
    {
        var hasUrl = target.Url is not null;
        if (hasUrl == (target.Service is not null))
        {
            errors.Required(path, "exactly one of url or service is required");
        }
        else if (hasUrl)
        {
            Url(target.Url!, $"{path}.url", errors);
        }
        else
        {
            Service(target.Service!, $"{path}.service", errors);
        }
    }

    private static void Url(string text, string path, FieldErrors errors)
    {
        if (text.Length == 0 || !Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            errors.Required(path, $"url must be a valid URL{Form}");
            return;
        }

        if (url.Scheme != Uri.UriSchemeHttps)
        {
            errors.Invalid(path, url.Scheme, $"'https' is the only allowed URL scheme{Form}");
        }

        if (url.Host.Length == 0)
        {
            errors.Invalid(path, url.Host, $"host must be specified{Form}");
        }

        Empty(path, url.UserInfo, "user information is not permitted in the URL", errors);
        Empty(path, url.Fragment.TrimStart('#'), "fragments are not permitted in the URL", errors);
        Empty(path, url.Query.TrimStart('?'), "query parameters are not permitted in the URL", errors);
    }

    private static void Empty(string path, string part, string why, FieldErrors errors)
    {
        if (part.Length > 0)
        {
            errors.Invalid(path, part, why);
        }
    }

    private static void Service(WebhookService service, string path, FieldErrors errors)
    {
        errors.Required($"{path}.name", service.Name, "service name is required");
        errors.Required($"{path}.namespace", service.Namespace, "service namespace is required");
        if (service.Port is < 1 or > 65535)
        {
            errors.Invalid($"{path}.port", service.Port, "port is not valid: must be between 1 and 65535, inclusive");
        }

        UrlPath(service.Path ?? "", $"{path}.path", errors);
    }

    private static void UrlPath(string text, string path, FieldErrors errors)
    {
        if (text is "" or "/")
        {
            return;
        }

        if (!text.StartsWith('/'))
        {
            errors.Invalid(path, text, "must start with a '/'");
            return;
        }

        var segments = text[1..].TrimEnd('/').Split('/');
        for (var index = 0; index < segments.Length; index++)
        {
            if (segments[index].Length == 0)
            {
                errors.Invalid(path, text, $"segment[{index}] may not be empty");
                continue;
            }

            foreach (var problem in Names.CheckDnsSubdomain(segments[index]))
            {
                errors.Invalid(path, text, $"segment[{index}]: {problem}");
            }
        }
    }
}
