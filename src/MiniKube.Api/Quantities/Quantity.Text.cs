using System.Globalization;

namespace MiniKube.Api;

public readonly partial struct Quantity
{
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    /// <summary>
    /// The canonical text: no fraction, the largest suffix that allows that. <c>1.5</c> is <c>1500m</c>, <c>1024Mi</c> is <c>1Gi</c>.
    /// </summary>
    public override string ToString()
    {
        if (_nanos == 0)
        {
            return "0";
        }

        return Format switch
        {
            // Below 1024, and with a fraction, binary suffixes would lose something.
            QuantityFormat.BinarySI when IsInteger && Int128.Abs(_nanos) >= 1024 * NanosPerUnit => Binary(),
            QuantityFormat.DecimalExponent => WithExponent(),
            _ => Decimal(),
        };
    }

    private string Binary()
    {
        var mantissa = _nanos / NanosPerUnit;
        var power = 0;
        while (mantissa % 1024 == 0 && power < BinarySuffixes.Length - 1)
        {
            mantissa /= 1024;
            power++;
        }

        return Text(mantissa) + BinarySuffixes[power];
    }

    private string Decimal()
    {
        var (mantissa, thousands) = WithoutZeros();
        return Text(mantissa) + DecimalSuffixes[thousands];
    }

    private string WithExponent()
    {
        var (mantissa, thousands) = WithoutZeros();
        var exponent = (thousands * 3) - 9;
        return exponent == 0 ? Text(mantissa) : $"{Text(mantissa)}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }

    private (Int128 Mantissa, int Thousands) WithoutZeros()
    {
        var mantissa = _nanos;
        var thousands = 0;
        while (mantissa % 1000 == 0 && thousands < DecimalSuffixes.Length - 1)
        {
            mantissa /= 1000;
            thousands++;
        }

        return (mantissa, thousands);
    }

    private static string Text(Int128 number) => number.ToString(CultureInfo.InvariantCulture);
}
