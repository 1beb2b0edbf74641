using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube.Api;

/// <summary>
/// One cause of an <c>Invalid</c> status. <see cref="Reason"/> is the machine word (<c>FieldValueRequired</c>, ...),
/// <see cref="Message"/> the sentence without the path (<c>Required value</c>, <c>Invalid value: "x": must be ...</c>).
/// </summary>
public sealed record FieldError(string Path, string Reason, string Message)
{
    /// <summary><c>spec.containers[0].image: Required value</c>.</summary>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>
/// Collects every problem of an object, with the paths and wordings of Kubernetes' field errors, so that the
/// user sees them all at once. Not thread-safe; one per request.
/// </summary>
public sealed class FieldErrors
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<FieldError> _found = [];

    /// <summary>What has been found so far, in the order it was found.</summary>
    public IReadOnlyList<FieldError> Found => _found;

    /// <summary>The field is missing or empty.</summary>
    public void Required(string path, string detail = "")
        => Add(path, "FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    /// <summary>The value is malformed or out of range.</summary>
    public void Invalid(string path, object? value, string why)
        => Add(path, "FieldValueInvalid", $"Invalid value: {Quote(value)}: {why}");

    /// <summary>The field may not be set, or not be changed.</summary>
    public void Forbidden(string path, string why) => Add(path, "FieldValueForbidden", $"Forbidden: {why}");

    /// <summary>The value is not one of the allowed ones.</summary>
    public void NotSupported(string path, object? value, IEnumerable<string> allowed)
    {
        var words = allowed.Order(StringComparer.Ordinal).Select(one => $"\"{one}\"");
        Add(path, "FieldValueNotSupported",
            $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", words)}");
    }

    /// <summary>The value occurs twice in a list that is a set or a map.</summary>
    public void Duplicate(string path, object? value) => Add(path, "FieldValueDuplicate", $"Duplicate value: {Quote(value)}");

    /// <summary>A reference within the object points nowhere.</summary>
    public void NotFound(string path, object? value) => Add(path, "FieldValueNotFound", $"Not found: {Quote(value)}");

    /// <summary>The value is longer than allowed.</summary>
    public void TooLong(string path, int bytesMax)
        => Add(path, "FieldValueTooLong", $"Too long: may not be more than {bytesMax} bytes");

    /// <summary>Adds a finding made elsewhere.</summary>
    public void Add(FieldError error) => _found.Add(error);

    /// <exception cref="ApiException">Anything was found: <c>Kind.group "name" is invalid: ...</c>, 422.</exception>
    public void ThrowIfAny(Gvk kind, string name)
    {
        if (_found.Count > 0)
        {
            throw ApiException.Invalid(kind, name, [.. _found]);
        }
    }

    private static string Quote(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        JsonNode json => json.ToJsonString(Relaxed),
        bool flag => flag ? "true" : "false",
        IEnumerable<string> list => $"[{string.Join(",", list.Select(one => $"\"{one}\""))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"\"{value}\"",
    };

    private void Add(string path, string reason, string message) => _found.Add(new FieldError(path, reason, message));
}
