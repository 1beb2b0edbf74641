using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Amounts such as 100m and 2Gi. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library</summary>
internal static partial class Quantities
{
    // Kubernetes keeps nothing smaller than a billionth.
    private const int Scale = 9;

    // Digits before and after the point: more are no amounts of anything.
    private const int LengthMax = 40;

    public static Dictionary<string, Function> Global { get; } = new()
    {
        ["quantity"] = static (_, a) => a is [string text]
            ? Parse(text) as object ?? new CelError(
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
            : CelError.NoOverload,
        ["isQuantity"] = static (_, a) => a is [string text] ? Boxes.Of(Parse(text) is not null) : CelError.NoOverload,
    };

    public static Dictionary<string, Function> Member { get; } = new()
    {
        ["sign"] = static (_, a) => a is [CelQuantity one] ? (long)one.Nano.Sign : CelError.NoOverload,
        ["isInteger"] = static (_, a) => a is [CelQuantity one] ? Boxes.Of(IntegerOf(one) is not null) : CelError.NoOverload,
        ["asInteger"] = static (_, a) => a is [CelQuantity one]
            ? IntegerOf(one) as object ?? new CelError("cannot convert value to integer")
            : CelError.NoOverload,
        ["asApproximateFloat"] = static (_, a) => a is [CelQuantity one] ? (double)one.Nano / 1e9 : CelError.NoOverload,
        ["add"] = Sum(static (left, right) => left + right),
        ["sub"] = Sum(static (left, right) => left - right),
        ["isLessThan"] = Compared(static order => Boxes.Of(order < 0)),
        ["isGreaterThan"] = Compared(static order => Boxes.Of(order > 0)),
        ["compareTo"] = Compared(static order => (long)order),
    };

    private static Function Sum(Func<BigInteger, BigInteger, BigInteger> of) => (_, a) => a switch
    {
        [CelQuantity left, CelQuantity right] => new CelQuantity(of(left.Nano, right.Nano)),
        [CelQuantity left, long right] => new CelQuantity(of(left.Nano, right * BigInteger.Pow(10, Scale))),
        _ => CelError.NoOverload,
    };

    private static Function Compared(Func<int, object> of)
        => (_, a) => a is [CelQuantity left, CelQuantity right] ? of(left.Nano.CompareTo(right.Nano)) : CelError.NoOverload;

    private static long? IntegerOf(CelQuantity quantity)
    {
        var whole = BigInteger.DivRem(quantity.Nano, BigInteger.Pow(10, Scale), out var rest);
        return rest.IsZero && whole >= long.MinValue && whole <= long.MaxValue ? (long)whole : null;
    }

    private static CelQuantity? Parse(string text)
    {
        var match = text.Length <= LengthMax ? Form().Match(text) : Match.Empty;
        if (!match.Success || Factor(match.Groups[4].Value) is not { } factor)
        {
            return null;
        }

        var digits = match.Groups[2].Value + match.Groups[3].Value;
        if (digits.Length == 0)
        {
            return null;
        }

        var nano = BigInteger.Parse(digits, CultureInfo.InvariantCulture) * factor.Numerator * BigInteger.Pow(10, Scale);
        var whole = BigInteger.DivRem(nano, factor.Denominator * BigInteger.Pow(10, match.Groups[3].Length), out var rest);

        // What is smaller than a billionth is rounded away from zero.
        whole += rest.IsZero ? 0 : 1;
        return new CelQuantity(match.Groups[1].Value == "-" ? -whole : whole);
    }

    private static (BigInteger Numerator, BigInteger Denominator)? Factor(string suffix)
    {
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(
            suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
        {
            return Math.Abs(exponent) > LengthMax ? null
                : exponent < 0 ? (BigInteger.One, BigInteger.Pow(10, -exponent)) : (BigInteger.Pow(10, exponent), BigInteger.One);
        }

        var binary = Array.IndexOf(["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], suffix);
        var decimals = Array.IndexOf(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"], suffix);
        return binary > 0 ? (BigInteger.Pow(1024, binary), BigInteger.One)
            : decimals < 0 ? null
            : decimals < 3 ? (BigInteger.One, BigInteger.Pow(1000, 3 - decimals)) : (BigInteger.Pow(1000, decimals - 3), BigInteger.One);
    }

    [GeneratedRegex(@"^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z]*(?:[+-]?\d+)?)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

/// <summary>An amount, in billionths.</summary>
internal sealed record CelQuantity(BigInteger Nano);
