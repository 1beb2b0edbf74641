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

    /// <exception cref="ApiException">BadRequest: dryRun or fieldValidation have a value nobody knows.</exception>
    public WriteOptions WriteOptions() => new()
    {
        DryRun = DryRun(),
        FieldValidation = Text("fieldValidation") switch
        {
            "" or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            var other => throw new ApiException(StatusReason.BadRequest,
                $"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
        },
    };

    public bool DryRun() => Text("dryRun") switch
    {
        "" => false,
        "All" => true,
        var other => throw new ApiException(StatusReason.BadRequest,
            $"dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };
}
