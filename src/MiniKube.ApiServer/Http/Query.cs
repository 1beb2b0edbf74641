using System.Globalization;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The query parameters of a request, read by Kubernetes' rules.</summary>
internal readonly struct Query(IQueryCollection values)
{
    /// <summary>The value, or empty text.</summary>
    public string Text(string name) => values.TryGetValue(name, out var found) ? found.ToString() : "";

    /// <summary>Every value of a repeated parameter.</summary>
    public string[] Texts(string name) => values.TryGetValue(name, out var found) ? [.. found.OfType<string>()] : [];

    /// <summary>True when given and neither 0 nor false, as Kubernetes converts text to bool.</summary>
    public bool Flag(string name)
        => values.TryGetValue(name, out var found)
            && found.ToString() is var text && text != "0" && !text.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ApiException">BadRequest: it is no number.</exception>
    public long? Number(string name)
    {
        var text = Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ApiException(
                StatusReason.BadRequest, $"{name}: Invalid value: \"{text}\": must be a whole number");
    }

    /// <summary>Label and field selectors, and the name of the path if it has one.</summary>
    public Selection Selection(ResourceRequest request)
    {
        var fields = FieldSelector.Parse(Text("fieldSelector"));
        var all = request.Name.Length == 0
            ? fields
            : new FieldSelector(
                fields.Requirements.Add(new FieldRequirement(ApiServer.Selection.NameField, true, request.Name)));
        return new Selection(request.Definition, LabelSelector.Parse(Text("labelSelector")), all);
    }

    /// <param name="request">Says which kind of write it is, and who writes when the query does not.</param>
    /// <exception cref="ApiException">
    /// BadRequest: dryRun or fieldValidation have a value nobody knows. Invalid: fieldManager or force are wrong for the write.
    /// </exception>
    public WriteOptions WriteOptions(HttpRequest request)
    {
        CheckManager(request);
        return new()
        {
            DryRun = DryRun(),
            Manager = Text("fieldManager") is { Length: > 0 } manager
                ? manager
                : ManagerNames.OfUserAgent(request.Headers.UserAgent.ToString()),
            Force = Flag("force"),
            FieldValidation = Text("fieldValidation") switch
            {
                "" or "Warn" => FieldValidation.Warn,
                "Strict" => FieldValidation.Strict,
                "Ignore" => FieldValidation.Ignore,
                var other => throw new ApiException(StatusReason.BadRequest,
                    $"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
            },
        };
    }

    public bool DryRun() => Text("dryRun") switch
    {
        "" => false,
        "All" => true,
        var other => throw new ApiException(StatusReason.BadRequest,
            $"dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };

    private void CheckManager(HttpRequest request)
    {
        var errors = new FieldErrors();
        if (!RequestBody.IsApply(request))
        {
            if (Text("force").Length > 0 && request.Method == HttpMethods.Patch)
            {
                errors.Forbidden("force", "may not be specified for non-apply patch");
            }
        }
        else if (Text("fieldManager").Length == 0)
        {
            errors.Required("fieldManager", "is required for apply patch");
        }

        if (ManagerNames.Problem(Text("fieldManager")) is { } problem)
        {
            errors.Add(problem);
        }

        var kind = request.Method == HttpMethods.Patch ? "PatchOptions"
            : request.Method == HttpMethods.Put ? "UpdateOptions"
            : "CreateOptions";
        errors.ThrowIfAny(new Gvk("meta.k8s.io", "v1", kind), "");
    }
}
