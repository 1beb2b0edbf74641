using System.Collections.Immutable;
using System.Text;

namespace MiniKube.Api;

/// <summary>One condition on one field: equal, or not equal.</summary>
public sealed record FieldRequirement(string Field, bool Equal, string Value);

/// <summary>
/// A conjunction of field conditions: <c>spec.nodeName=a,status.phase!=Running</c>. The empty selector matches everything.
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
/// </summary>
public sealed class FieldSelector(ImmutableArray<FieldRequirement> requirements)
{
    /// <summary>Matches every object.</summary>
    public static FieldSelector Everything { get; } = new([]);

    /// <summary>What must hold, all of it.</summary>
    public ImmutableArray<FieldRequirement> Requirements { get; } = requirements;

    /// <summary>True when nothing is required.</summary>
    public bool IsEmpty => Requirements.IsEmpty;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="ApiException"><see cref="StatusReason.BadRequest"/>: it is malformed.</exception>
    public static FieldSelector Parse(string text)
    {
        if (text.Length == 0)
        {
            return Everything;
        }

        var requirements = ImmutableArray.CreateBuilder<FieldRequirement>();
        foreach (var term in SplitTerms(text).Where(term => term.Length > 0))
        {
            requirements.Add(ParseTerm(term)
                ?? throw new ApiException(StatusReason.BadRequest, $"invalid selector: '{text}'; can't understand '{term}'"));
        }

        return new FieldSelector(requirements.ToImmutable());
    }

    /// <summary>True when every requirement holds; the function gives a field's value, empty when it is not set.</summary>
    public bool Matches(Func<string, string> valueOf)
    {
        foreach (var requirement in Requirements)
        {
            if (valueOf(requirement.Field) == requirement.Value != requirement.Equal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The one value the field must have, or null when the selector does not say so.</summary>
    public string? RequiredValue(string field)
        => Requirements.FirstOrDefault(requirement => requirement.Field == field && requirement.Equal)?.Value;

    /// <summary>The text form.</summary>
    public override string ToString()
        => string.Join(",", Requirements.Select(one => $"{one.Field}{(one.Equal ? "=" : "!=")}{Escape(one.Value)}"));

    private static IEnumerable<string> SplitTerms(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == ',')
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    private static FieldRequirement? ParseTerm(string term)
    {
        for (var at = 0; at < term.Length; at++)
        {
            var rest = term.AsSpan(at);
            if (rest[0] == '\\')
            {
                at++;
                continue;
            }

            var length = rest.StartsWith("!=") || rest.StartsWith("==") ? 2 : rest[0] == '=' ? 1 : 0;
            if (length > 0)
            {
                return Unescape(term[(at + length)..]) is { } value
                    ? new FieldRequirement(term[..at], rest[0] != '!', value)
                    : null;
            }
        }

        return null;
    }

    private static string? Unescape(string value)
    {
        var plain = new StringBuilder(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] is '=' or ',')
            {
                return null;
            }

            if (value[at] == '\\')
            {
                at++;
                if (at == value.Length || value[at] is not ('\\' or ',' or '='))
                {
                    return null;
                }
            }

            plain.Append(value[at]);
        }

        return plain.ToString();
    }

    private static string Escape(string value)
        => value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("=", "\\=", StringComparison.Ordinal);
}
