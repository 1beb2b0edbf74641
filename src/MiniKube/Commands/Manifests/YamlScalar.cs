using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MiniKube;

/// <summary>What an unquoted word of YAML 1.1 means: null, true, a number or text. https://yaml.org/type/</summary>
internal static class YamlScalar
{
    /// <exception cref="FormatException">A tag asks for a type that the text is not of.</exception>
    public static JsonValue? ToJson(Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            return Tagged(scalar);
        }

        return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
    }

    /// <summary>True when the text, written without quotes, would not be read as this text.</summary>
    public static bool NeedsQuotes(string text)
        => Plain(text) is not { } value || value.GetValueKind() != System.Text.Json.JsonValueKind.String
            || IsTimestamp(text) || text is "y" or "Y" or "n" or "N" or "=" or "<<";

    private static JsonValue? Tagged(Scalar scalar)
    {
        var text = scalar.Value;
        return scalar.Tag.Value switch
        {
            "tag:yaml.org,2002:str" => JsonValue.Create(text),
            "tag:yaml.org,2002:binary" => JsonValue.Create(text.ReplaceLineEndings("").Trim()),
            "tag:yaml.org,2002:null" => null,
            "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" => Plain(text),
            _ => throw new FormatException($"expected a value without the tag '{scalar.Tag.Value}'"),
        };
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
        _ => Number(text) ?? JsonValue.Create(text),
    };

    private static JsonValue? Number(string text)
    {
        var digits = text.TrimStart('+', '-');
        if (digits.Length == 0 || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.') || text.Length - digits.Length > 1)
        {
            return null;
        }

        return Integer(digits.Replace("_", "", StringComparison.Ordinal), negative: text[0] == '-') ?? Fraction(text, digits);
    }

    private static JsonValue? Integer(string digits, bool negative)
    {
        if (RadixOf(digits) is var (radix, start) && radix != 10)
        {
            return InRadix(digits.AsSpan(start), radix) is { } value ? JsonValue.Create(negative ? -value : value) : null;
        }

        var sign = negative ? "-" : "";
        if (long.TryParse(sign + digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return JsonValue.Create(number);
        }

        return ulong.TryParse(sign + digits, NumberStyles.None, CultureInfo.InvariantCulture, out var large)
            ? JsonValue.Create(large)
            : null;
    }

    // A leading zero is octal: 0644 is the mode people mean by it.
    private static (int Radix, int Start) RadixOf(string digits) => digits switch
    {
        ['0', 'x' or 'X', ..] => (16, 2),
        ['0', 'o', ..] => (8, 2),
        ['0', 'b', ..] => (2, 2),
        ['0', _, ..] when digits.All(char.IsAsciiDigit) => (8, 1),
        _ => (10, 0),
    };

    private static long? InRadix(ReadOnlySpan<char> digits, int radix)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (worth >= radix || value > long.MaxValue / radix - 1)
            {
                return null;
            }

            value = (value * radix) + worth;
        }

        return digits.IsEmpty ? null : value;
    }

    private static JsonValue? Fraction(string text, string digits)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var looksRight = digits.Any(char.IsAsciiDigit)
            && digits.All(static c => char.IsAsciiDigit(c) || c is '.' or 'e' or 'E' or '+' or '-');
        return looksRight && double.TryParse(text, style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? JsonValue.Create(value)
            : null;
    }

    private static bool IsTimestamp(string text)
        => text.Length >= 8 && char.IsAsciiDigit(text[0]) && text.Count(static c => c == '-') >= 2
            && DateTime.TryParse(text, CultureInfo.InvariantCulture, out _);
}
