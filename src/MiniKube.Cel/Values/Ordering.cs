namespace MiniKube.Cel.Values;

/// <summary>CEL's order: numbers across types, and within bool, string, bytes, timestamp and duration.</summary>
internal static class Ordering
{
    /// <summary>The sign, or null where there is no order: values of different kinds, and NaN.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or ulong or double, long or ulong or double) => Numbers(left, right),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        _ => null,
    };

    /// <summary>Exact also where a double cannot hold the integer.</summary>
    public static int? Numbers(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b),
        (double a, _) => -Whole(Integer(right), a),
        (_, double b) => Whole(Integer(left), b),
        _ => Integer(left).CompareTo(Integer(right)),
    };

    public static bool IsNumber(object? value) => value is long or ulong or double;

    private static Int128 Integer(object? value) => value is long number ? number : (ulong)value!;

    private static int? Whole(Int128 integer, double real)
    {
        if (double.IsNaN(real))
        {
            return null;
        }

        if (Math.Abs(real) > 1e20)
        {
            return real > 0 ? -1 : 1;
        }

        var floor = (Int128)Math.Floor(real);
        var order = integer.CompareTo(floor);
        return order == 0 && real > Math.Floor(real) ? -1 : order;
    }
}
