using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace MiniKube.Api;

/// <summary>Reads <c>[sign]digits[.digits][suffix]</c>. One use per text.</summary>
internal ref struct QuantityReader(ReadOnlySpan<char> text)
{
    private const string WrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private const string WrongNumber = "unable to parse numeric part of quantity";
    private const string WrongSuffix = "unable to parse quantity's suffix";

    // More digits than the largest amount has in billionths; what follows cannot change the result but for rounding up.
    private const int DigitsMax = 60;

    // 10^40 of anything is above the largest amount, 10^-40 of anything we keep is below a billionth.
    private const int ExponentMax = 100;

    private readonly ReadOnlySpan<char> _text = text.Trim();
    private int _at;

    public bool TryRead(out Quantity quantity, [NotNullWhen(false)] out string? problem)
    {
        quantity = default;
        var negative = TakeSign();
        var whole = TakeDigits();
        var fraction = Take('.') ? TakeDigits() : default;
        var suffix = _text[_at..];
        if (_text.IsEmpty || !HasSuffixForm(suffix))
        {
            problem = WrongFormat;
            return false;
        }

        if (whole.IsEmpty && fraction.IsEmpty)
        {
            problem = WrongNumber;
            return false;
        }

        if (!TryScale(suffix, out var unit, out var exponent, out var format))
        {
            problem = WrongSuffix;
            return false;
        }

        var nanos = Nanos(whole, fraction, unit, exponent);
        quantity = Quantity.OfNanos(negative ? -nanos : nanos, format);
        problem = null;
        return true;
    }

    private bool TakeSign()
    {
        if (_at < _text.Length && _text[_at] is '+' or '-')
        {
            return _text[_at++] == '-';
        }

        return false;
    }

    private ReadOnlySpan<char> TakeDigits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private bool Take(char wanted)
    {
        if (_at >= _text.Length || _text[_at] != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private static bool HasSuffixForm(ReadOnlySpan<char> suffix)
    {
        var rest = suffix.TrimStart("eEinumkKMGTP");
        if (!rest.IsEmpty && rest[0] is '+' or '-')
        {
            rest = rest[1..];
        }

        return !rest.ContainsAnyExceptInRange('0', '9');
    }

    private static bool TryScale(ReadOnlySpan<char> suffix, out BigInteger unit, out int exponent, out QuantityFormat format)
    {
        format = suffix.Length == 2 && suffix[1] == 'i' ? QuantityFormat.BinarySI : QuantityFormat.DecimalSI;
        unit = BigInteger.One;
        exponent = 0;
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E')
        {
            if (suffix is not "Ei")
            {
                format = QuantityFormat.DecimalExponent;
                return TryExponent(suffix[1..], out exponent);
            }
        }

        (unit, exponent, var known) = suffix switch
        {
            "n" => (BigInteger.One, -9, true),
            "u" => (BigInteger.One, -6, true),
            "m" => (BigInteger.One, -3, true),
            "" => (BigInteger.One, 0, true),
            "k" => (BigInteger.One, 3, true),
            "M" => (BigInteger.One, 6, true),
            "G" => (BigInteger.One, 9, true),
            "T" => (BigInteger.One, 12, true),
            "P" => (BigInteger.One, 15, true),
            "E" => (BigInteger.One, 18, true),
            "Ki" => (BigInteger.One << 10, 0, true),
            "Mi" => (BigInteger.One << 20, 0, true),
            "Gi" => (BigInteger.One << 30, 0, true),
            "Ti" => (BigInteger.One << 40, 0, true),
            "Pi" => (BigInteger.One << 50, 0, true),
            "Ei" => (BigInteger.One << 60, 0, true),
            _ => (BigInteger.One, 0, false),
        };
        return known;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        var parsed = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        exponent = (int)Math.Clamp(value, -ExponentMax, ExponentMax);
        return parsed;
    }

    private static BigInteger Nanos(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, BigInteger unit, int exponent)
    {
        var significant = whole.TrimStart('0');
        if (significant.Length > DigitsMax)
        {
            return BigInteger.Pow(10, DigitsMax); // Above every limit.
        }

        var kept = fraction.Length > DigitsMax ? fraction[..DigitsMax] : fraction;
        var lost = fraction[kept.Length..].ContainsAnyExcept('0') ? 1 : 0;
        var mantissa = (Digits(significant) * BigInteger.Pow(10, kept.Length)) + Digits(kept) + lost;
        var shift = exponent - kept.Length + 9;
        return shift >= 0
            ? mantissa * unit * BigInteger.Pow(10, shift)
            : DivideUp(mantissa * unit, BigInteger.Pow(10, -shift));
    }

    private static BigInteger Digits(ReadOnlySpan<char> digits)
        => digits.IsEmpty ? BigInteger.Zero : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static BigInteger DivideUp(BigInteger value, BigInteger by)
    {
        var quotient = BigInteger.DivRem(value, by, out var rest);
        return rest.IsZero ? quotient : quotient + 1;
    }
}
