using MiniKube.Cel.Values;

namespace MiniKube.Cel.Binding;

/// <summary>What the macros over lists and maps share: the rounds. A map's elements are its keys.</summary>
internal abstract class FoldOp(Op range, int slot) : Op
{
    public sealed override object? Run(Frame frame)
    {
        var holder = range.Run(frame);
        return holder switch
        {
            CelError => holder,
            ICelList list => Fold(frame, Elements(list, frame)),
            ICelMap map => Fold(frame, Elements(map, frame)),
            _ => CelError.NoOverload,
        };
    }

    /// <summary>Enumerating sets the variable and pays for the round.</summary>
    protected abstract object? Fold(Frame frame, IEnumerable<object?> elements);

    private IEnumerable<object?> Elements(ICelList list, Frame frame)
    {
        for (var i = 0; i < list.Count; i++)
        {
            frame.Round();
            yield return frame.Slots[slot] = list.At(i);
        }
    }

    private IEnumerable<object?> Elements(ICelMap map, Frame frame)
    {
        foreach (var key in map.Keys)
        {
            frame.Round();
            yield return frame.Slots[slot] = key;
        }
    }
}

/// <summary>all and exists: an element that decides wins over another's error.</summary>
internal sealed class QuantifierOp(Op range, int slot, bool decides, Op test) : FoldOp(range, slot)
{
    protected override object? Fold(Frame frame, IEnumerable<object?> elements)
    {
        CelError? error = null;
        foreach (var _ in elements)
        {
            var value = test.Run(frame);
            if (value is bool answer && answer == decides)
            {
                return Boxes.Of(decides);
            }

            error ??= value as CelError ?? (value is bool ? null : CelError.NoOverload);
        }

        return error ?? Boxes.Of(!decides);
    }
}

internal sealed class ExistsOneOp(Op range, int slot, Op test) : FoldOp(range, slot)
{
    protected override object? Fold(Frame frame, IEnumerable<object?> elements)
    {
        var count = 0;
        foreach (var _ in elements)
        {
            var value = test.Run(frame);
            if (value is not bool)
            {
                return value as CelError ?? CelError.NoOverload;
            }

            count += value is true ? 1 : 0;
        }

        return Boxes.Of(count == 1);
    }
}

/// <summary>map and filter.</summary>
internal sealed class MapFilterOp(Op range, int slot, Op? test, Op? transform) : FoldOp(range, slot)
{
    protected override object? Fold(Frame frame, IEnumerable<object?> elements)
    {
        frame.Spend(10);
        var list = new List<object?>();
        foreach (var element in elements)
        {
            var chosen = test is null ? Boxes.True : test.Run(frame);
            if (chosen is not bool)
            {
                return chosen as CelError ?? CelError.NoOverload;
            }

            if (chosen is false)
            {
                continue;
            }

            var value = transform is null ? element : transform.Run(frame);
            if (value is CelError)
            {
                return value;
            }

            list.Add(value);
        }

        return new NativeList(list);
    }
}

/// <summary>optMap and optFlatMap.</summary>
internal sealed class OptionalMapOp(Op target, int slot, bool flat, Op transform) : Op
{
    public override object? Run(Frame frame)
    {
        var holder = target.Run(frame);
        if (holder is not CelOptional { HasValue: true } optional)
        {
            return holder is CelError or CelOptional ? holder : CelError.NoOverload;
        }

        frame.Slots[slot] = optional.Value;
        var value = transform.Run(frame);
        return value is CelError ? value
            : !flat ? new CelOptional(true, value)
            : value is CelOptional ? value : CelError.NoOverload;
    }
}

/// <summary>or and orValue: the alternative is evaluated only when it is needed.</summary>
internal sealed class OrOp(Op target, Op alternative, bool unwrap) : Op
{
    public override object? Run(Frame frame) => target.Run(frame) switch
    {
        CelError error => error,
        CelOptional { HasValue: true } optional => unwrap ? optional.Value : optional,
        CelOptional => alternative.Run(frame),
        _ => CelError.NoOverload,
    };
}
