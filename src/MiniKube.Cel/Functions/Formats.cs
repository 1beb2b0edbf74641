using System.Globalization;
using System.Text;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>
/// <c>'%s of %d'.format([a, b])</c>: <c>s</c>, <c>d</c>, <c>f</c>, <c>e</c>, <c>b</c>, <c>o</c>, <c>x</c>, <c>X</c> and <c>%%</c>, with a
/// precision for real numbers. https://pkg.go.dev/github.com/google/cel-go/ext#Strings
/// </summary>
internal static class Formats
{
    private const int PrecisionMax = 100;

    public static object? Format(Frame frame, string text, ICelList arguments)
    {
        var result = new StringBuilder(text.Length + 32);
        var next = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                result.Append(text[at]);
                continue;
            }

            if (++at < text.Length && text[at] == '%')
            {
                result.Append('%');
                continue;
            }

            var precision = ReadPrecision(text, ref at);
            if (at >= text.Length || precision > PrecisionMax)
            {
                return new CelError("unexpected end of format string");
            }

            if (next >= arguments.Count)
            {
                return new CelError($"index {next} out of range");
            }

            if (One(text[at], precision, arguments.At(next++)) is not { } part)
            {
                return new CelError($"could not parse formatting clause: unrecognized formatting clause or argument for \"{text[at]}\"");
            }

            frame.SpendText(part.Length);
            result.Append(part);
        }

        return result.ToString();
    }

    /// <summary>A value as <c>%s</c> shows it; null for one that has no text.</summary>
    public static string? Text(object? value) => value switch
    {
        null => "null",
        ICelList list => $"[{string.Join(", ", Enumerable.Range(0, list.Count).Select(index => Text(list.At(index)) ?? "?"))}]",
        ICelMap map => $"{{{string.Join(", ", map.Keys.Select(key => Entry(map, key)).Order(StringComparer.Ordinal))}}}",
        CelType type => type.Name,
        _ => TypeFunctions.Text(value) as string,
    };

    private static string Entry(ICelMap map, object key)
    {
        map.TryGet(key, out var value);
        return $"{Text(key)}: {Text(value) ?? "?"}";
    }

    private static int? ReadPrecision(string text, ref int at)
    {
        if (at >= text.Length || text[at] != '.')
        {
            return null;
        }

        var precision = 0;
        for (at++; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            precision = Math.Min((precision * 10) + (text[at] - '0'), PrecisionMax + 1);
        }

        return precision;
    }

    private static string? One(char kind, int? precision, object? value) => (kind, value) switch
    {
        ('s', _) => Text(value),
        ('d', long or ulong) => Text(value),
        ('f', double or long or ulong) => Real(value).ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture),
        ('e', double or long or ulong) => Exponent(Real(value), precision ?? 6),
        ('b', bool flag) => flag ? "1" : "0",
        ('b', long number) => Signed(number, 2),
        ('o', long number) => Signed(number, 8),
        ('x', long number) => Signed(number, 16),
        ('X', long number) => Signed(number, 16).ToUpperInvariant(),
        ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ('X', string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        ('x', byte[] bytes) => Convert.ToHexStringLower(bytes),
        ('X', byte[] bytes) => Convert.ToHexString(bytes),
        _ => null,
    };

    private static double Real(object? value) => value switch
    {
        double real => real,
        long number => number,
        _ => (ulong)value!,
    };

    private static string Exponent(double value, int precision)
        => value.ToString($"0.{new string('0', precision)}e+00", CultureInfo.InvariantCulture);

    private static string Signed(long number, int toBase)
        => number < 0 && number != long.MinValue
            ? $"-{Convert.ToString(-number, toBase)}"
            : number < 0 ? $"-{Convert.ToString(number, toBase)}" : Convert.ToString(number, toBase);
}
