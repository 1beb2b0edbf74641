using System.Text;
using System.Text.RegularExpressions;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>The string functions; positions count code points. Regular expressions run in linear time.</summary>
internal static class Texts
{
    private const int MaxPattern = 1000;

    public static long Size(string text)
    {
        var pairs = 0;
        foreach (var c in text)
        {
            pairs += char.IsLowSurrogate(c) ? 1 : 0;
        }

        return text.Length - pairs;
    }

    /// <summary>Compiling costs a thousand: a pattern made anew in every round is paid for.</summary>
    public static object? Match(Frame frame, string text, string pattern, Func<Regex, object?> use)
    {
        if (pattern.Length > MaxPattern)
        {
            return new CelError($"regular expression exceeds {MaxPattern} characters");
        }

        frame.SpendText((long)text.Length * (1 + (pattern.Length / 4)));
        try
        {
            if (!frame.Patterns.TryGetValue(pattern, out var regex))
            {
                frame.Spend(1000);
                regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                frame.Patterns[pattern] = regex;
            }

            return use(regex);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return new CelError($"error parsing regexp: {failure.Message}");
        }
    }

    public static object? Find(Regex regex, string text) => regex.Match(text).Value;

    public static object? FindAll(Regex regex, string text, long limit)
    {
        var count = limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue);
        return new NativeList([.. regex.Matches(text).Take(count).Select(match => match.Value)]);
    }

    public static string Reverse(string text) => string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString()));

    public static object? Replace(Frame frame, string text, string old, string with, long limit)
    {
        frame.SpendText(text.Length);
        var parts = Split(text, old, limit < 0 ? -1 : limit == long.MaxValue ? limit : limit + 1);
        if (old.Length == 0)
        {
            return new CelError("replace needs a text to look for");
        }

        frame.SpendText(text.Length + ((long)with.Length * (parts.Count - 1)));
        return string.Join(with, parts);
    }

    public static List<string> Split(string text, string separator, long limit)
    {
        if (limit == 0)
        {
            return [];
        }

        var count = limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue);
        return separator.Length > 0
            ? [.. text.Split(separator, count)]
            : [.. text.EnumerateRunes().Select(rune => rune.ToString())];
    }

    public static object? Join(Frame frame, ICelList list, string separator)
    {
        var joined = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            if (list.At(i) is not string text)
            {
                return CelError.NoOverload;
            }

            frame.SpendText(text.Length + separator.Length + 1);
            joined.Append(i == 0 ? "" : separator).Append(text);
        }

        return joined.ToString();
    }

    public static object? Substring(string text, long from, long to)
    {
        var runes = text.EnumerateRunes().ToArray();
        return from < 0 || to > runes.Length || from > to
            ? new CelError($"index out of range: {(from < 0 || from > runes.Length ? from : to)}")
            : string.Concat(runes[(int)from..(int)to].Select(rune => rune.ToString()));
    }

    public static object? IndexOf(string text, string part, long from, bool last)
    {
        if (from < 0 || from > Size(text))
        {
            return new CelError($"index out of range: {from}");
        }

        var start = Unit(text, from);
        var at = last
            ? text[..Math.Min(text.Length, start + part.Length)].LastIndexOf(part, StringComparison.Ordinal)
            : text.IndexOf(part, start, StringComparison.Ordinal);
        return at < 0 ? -1L : Size(text[..at]);
    }

    public static string Ascii(string text, bool upper)
        => string.Create(text.Length, (text, upper), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = state.text[i];
                span[i] = !char.IsAscii(c) ? c : state.upper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);
            }
        });

    private static int Unit(string text, long codePoints)
    {
        var unit = 0;
        for (; codePoints > 0; codePoints--)
        {
            unit += char.IsSurrogatePair(text, unit) ? 2 : 1;
        }

        return unit;
    }
}
