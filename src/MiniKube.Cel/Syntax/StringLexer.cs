using System.Globalization;
using System.Text;

namespace MiniKube.Cel.Syntax;

/// <summary>Reads string and bytes literals: raw, triple-quoted, with escapes.</summary>
internal static class StringLexer
{
    public static bool TryRead(string source, ref int at, out object? value)
    {
        value = null;
        var i = at;
        var (raw, bytes) = (false, false);
        for (; i < source.Length && i < at + 2 && source[i] is 'r' or 'R' or 'b' or 'B'; i++)
        {
            raw |= source[i] is 'r' or 'R';
            bytes |= source[i] is 'b' or 'B';
        }

        if (i >= source.Length || source[i] is not ('"' or '\''))
        {
            return false;
        }

        var triple = source.AsSpan(i).StartsWith("\"\"\"") || source.AsSpan(i).StartsWith("'''");
        var quote = source.Substring(i, triple ? 3 : 1);
        var start = at;
        at = i + quote.Length;
        var text = new List<byte>();
        var letters = new StringBuilder();
        while (!source.AsSpan(at).StartsWith(quote))
        {
            if (at >= source.Length || (quote.Length == 1 && source[at] is '\n' or '\r'))
            {
                throw Failure(source, start, $"Syntax error: token recognition error at: '{quote}'");
            }

            if (source[at] == '\\' && !raw)
            {
                Escape(source, ref at, bytes, letters, text);
            }
            else if (bytes)
            {
                var length = char.IsHighSurrogate(source[at]) && at + 1 < source.Length ? 2 : 1;
                text.AddRange(Encoding.UTF8.GetBytes(source.Substring(at, length)));
                at += length;
            }
            else
            {
                letters.Append(source[at++]);
            }
        }

        at += quote.Length;
        value = bytes ? text.ToArray() : letters.ToString();
        return true;
    }

    private static void Escape(string source, ref int at, bool bytes, StringBuilder letters, List<byte> text)
    {
        var start = at++;
        var kind = at < source.Length ? source[at++] : '\0';
        var simple = "abfnrtv\\\"'`?".IndexOf(kind, StringComparison.Ordinal);
        var code = simple >= 0 ? "\a\b\f\n\r\t\v\\\"'`?"[simple] : kind switch
        {
            'x' or 'X' => Digits(source, ref at, 2, 16),
            'u' when !bytes => Digits(source, ref at, 4, 16),
            'U' when !bytes => Digits(source, ref at, 8, 16),
            >= '0' and <= '3' => Octal(source, ref at),
            _ => -1,
        };
        if (bytes ? code is < 0 or > 255 : code < 0 || !Rune.IsValid(code))
        {
            throw Failure(source, start, "Syntax error: invalid escape sequence");
        }

        if (bytes)
        {
            text.Add((byte)code);
        }
        else
        {
            letters.Append(new Rune(code).ToString());
        }
    }

    private static int Octal(string source, ref int at)
    {
        at--;
        return Digits(source, ref at, 3, 8);
    }

    private static int Digits(string source, ref int at, int count, int radix)
    {
        long value = 0;
        for (var end = at + count; at < end; at++)
        {
            var digit = at < source.Length && char.IsAsciiHexDigit(source[at])
                ? int.Parse(source.AsSpan(at, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : radix;
            if (digit >= radix)
            {
                return -1;
            }

            value = (value * radix) + digit;
        }

        return value > 0x10FFFF ? -1 : (int)value;
    }

    private static CelCompileException Failure(string source, int offset, string message) => new(CelIssue.At(source, offset, message));
}
