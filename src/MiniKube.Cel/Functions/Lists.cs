using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Kubernetes' list library and the sets extension.</summary>
internal static class Lists
{
    public static IEnumerable<object?> Items(ICelList list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            yield return list.At(i);
        }
    }

    public static object? IsSorted(Frame frame, ICelList list)
    {
        frame.Spend(list.Count);
        for (var i = 1; i < list.Count; i++)
        {
            if (Ordering.Compare(list.At(i - 1), list.At(i)) is not { } sign)
            {
                return CelError.NoOverload;
            }

            if (sign > 0)
            {
                return Boxes.False;
            }
        }

        return Boxes.True;
    }

    public static object? Sum(Frame frame, ICelList list)
    {
        frame.Spend(list.Count);
        object? sum = list.Count == 0 ? 0L : list.At(0);
        if (sum is not (long or ulong or double or TimeSpan))
        {
            return CelError.NoOverload;
        }

        for (var i = 1; i < list.Count && sum is not CelError; i++)
        {
            sum = Operators.Binary["+"](frame, sum, list.At(i));
        }

        return sum;
    }

    public static object? Extreme(Frame frame, ICelList list, int wanted)
    {
        frame.Spend(list.Count);
        if (list.Count == 0)
        {
            return new CelError(wanted < 0 ? "min called on empty list" : "max called on empty list");
        }

        var best = list.At(0);
        foreach (var item in Items(list))
        {
            if (Ordering.Compare(item, best) is not { } sign)
            {
                return CelError.NoOverload;
            }

            best = Math.Sign(sign) == wanted ? item : best;
        }

        return best;
    }

    public static object? IndexOf(Frame frame, ICelList list, object? item, bool last)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var at = last ? list.Count - 1 - i : i;
            if (Equality.Same(list.At(at), item, frame))
            {
                return (long)at;
            }
        }

        return -1L;
    }

    public static bool Contains(Frame frame, ICelList list, ICelList wanted)
        => Items(wanted).All(item => Items(list).Any(other => Equality.Same(item, other, frame)));

    public static bool Intersects(Frame frame, ICelList list, ICelList other)
        => Items(list).Any(item => Items(other).Any(candidate => Equality.Same(item, candidate, frame)));
}
