using System.Net;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Functions;

namespace MiniKube.Cel.Values;

/// <summary>CEL's equality: numbers by value across types, everything else by type and content. Each element compared costs.</summary>
internal static class Equality
{
    public static bool Same(object? left, object? right, Frame frame)
    {
        frame.Spend(1);
        return (left, right) switch
        {
            (null, null) => true,
            (string a, string b) => Texts(a, b, frame),
            (bool a, bool b) => a == b,
            (long or ulong or double, long or ulong or double) => Ordering.Numbers(left, right) == 0,
            (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
            (ICelList a, ICelList b) => Lists(a, b, frame),
            (ICelMap a, ICelMap b) => Maps(a, b, frame),
            (CelOptional a, CelOptional b) => a.HasValue == b.HasValue && Same(a.Value, b.Value, frame),
            (DateTimeOffset a, DateTimeOffset b) => a == b,
            (TimeSpan a, TimeSpan b) => a == b,
            (CelType a, CelType b) => a == b,
            (IPAddress a, IPAddress b) => a.Equals(b),
            (CelNetwork a, CelNetwork b) => a == b,
            (CelUrl a, CelUrl b) => a == b,
            (CelQuantity a, CelQuantity b) => a == b,
            _ => false,
        };
    }

    private static bool Texts(string left, string right, Frame frame)
    {
        frame.SpendText(Math.Min(left.Length, right.Length));
        return string.Equals(left, right, StringComparison.Ordinal);
    }

    private static bool Lists(ICelList left, ICelList right, Frame frame)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!Same(left.At(i), right.At(i), frame))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Maps(ICelMap left, ICelMap right, Frame frame)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var key in left.Keys)
        {
            left.TryGet(key, out var value);
            if (!right.TryGet(key, out var other) || !Same(value, other, frame))
            {
                return false;
            }
        }

        return true;
    }
}
