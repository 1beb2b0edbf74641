using System.Globalization;

namespace MiniKube.Cel.Syntax;

internal enum TokenKind
{
    End,
    Literal,
    Identifier,
    Symbol,
}

internal readonly record struct Token(TokenKind Kind, int At, string Text, object? Value);

/// <summary>Cuts an expression into tokens, as the language's grammar says (github.com/google/cel-spec, langdef).</summary>
internal sealed class Lexer(string source)
{
    private static readonly string[] Symbols =
    [
        "&&", "||", "==", "!=", "<=", ">=", ".", ",", "(", ")", "[", "]", "{", "}", "?", ":", "+", "-", "*", "/", "%", "!", "<", ">",
    ];

    private int at;

    public Token Next()
    {
        SkipBlank();
        if (at >= source.Length)
        {
            return new Token(TokenKind.End, at, "<EOF>", null);
        }

        var start = at;
        if (StringLexer.TryRead(source, ref at, out var text))
        {
            return new Token(TokenKind.Literal, start, source[start..at], text);
        }

        var first = source[at];
        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])))
        {
            return Number(start);
        }

        return IsLetter(first) ? Word(start) : Symbol(start);
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    private void SkipBlank()
    {
        while (at < source.Length)
        {
            if (source.AsSpan(at).StartsWith("//"))
            {
                var end = source.IndexOf('\n', at);
                at = end < 0 ? source.Length : end;
            }
            else if (source[at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                at++;
            }
            else
            {
                return;
            }
        }
    }

    private Token Word(int start)
    {
        while (at < source.Length && (IsLetter(source[at]) || char.IsAsciiDigit(source[at])))
        {
            at++;
        }

        var word = source[start..at];
        return word switch
        {
            "true" => new Token(TokenKind.Literal, start, word, Boxes.True),
            "false" => new Token(TokenKind.Literal, start, word, Boxes.False),
            "null" => new Token(TokenKind.Literal, start, word, null),
            "in" => new Token(TokenKind.Symbol, start, word, null),
            _ => new Token(TokenKind.Identifier, start, word, null),
        };
    }

    private Token Symbol(int start)
    {
        foreach (var symbol in Symbols)
        {
            if (source.AsSpan(at).StartsWith(symbol))
            {
                at += symbol.Length;
                return new Token(TokenKind.Symbol, start, symbol, null);
            }
        }

        throw Failure(start, $"Syntax error: token recognition error at: '{source[start]}'");
    }

    private Token Number(int start)
    {
        var hex = source.AsSpan(at).StartsWith("0x") || source.AsSpan(at).StartsWith("0X");
        at += hex ? 2 : 0;
        Digits(hex);
        var real = !hex && Fraction();
        var digits = source.AsSpan(hex ? start + 2 : start, at - start - (hex ? 2 : 0));
        if (real)
        {
            var value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            return new Token(TokenKind.Literal, start, digits.ToString(), value);
        }

        var style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        var valid = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var whole);
        if (at < source.Length && source[at] is 'u' or 'U')
        {
            at++;
            return valid ? new Token(TokenKind.Literal, start, source[start..at], whole) : throw Failure(start, "invalid uint literal");
        }

        // 9223372036854775808 is a number only behind a minus: the parser sees to it.
        return valid && whole <= 1UL << 63
            ? new Token(TokenKind.Literal, start, source[start..at], whole == 1UL << 63 ? Boxes.MinMagnitude : (long)whole)
            : throw Failure(start, "invalid int literal");
    }

    private bool Fraction()
    {
        var real = false;
        if (at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]))
        {
            real = true;
            at++;
            Digits(false);
        }

        if (at < source.Length && source[at] is 'e' or 'E')
        {
            var digit = at + 1 < source.Length && source[at + 1] is '+' or '-' ? at + 2 : at + 1;
            if (digit < source.Length && char.IsAsciiDigit(source[digit]))
            {
                real = true;
                at = digit;
                Digits(false);
            }
        }

        return real;
    }

    private void Digits(bool hex)
    {
        while (at < source.Length && (char.IsAsciiDigit(source[at]) || (hex && char.IsAsciiHexDigit(source[at]))))
        {
            at++;
        }
    }

    private CelCompileException Failure(int offset, string message) => new(CelIssue.At(source, offset, message));
}
