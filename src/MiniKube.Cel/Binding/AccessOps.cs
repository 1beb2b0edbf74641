using MiniKube.Cel.Values;

namespace MiniKube.Cel.Binding;

internal enum Access
{
    Value,
    Optional,
    Presence,
}

/// <summary><c>a.b</c>, <c>a.?b</c> and <c>has(a.b)</c>. A name is looked up as written, then with Kubernetes' escapes undone.</summary>
internal sealed class SelectOp(Op target, string name, Access access) : Op
{
    private readonly string unescaped = FieldNames.Unescape(name);

    public override object? Run(Frame frame)
    {
        var holder = target.Run(frame);
        frame.Spend(1);
        if (holder is CelError)
        {
            return holder;
        }

        var lenient = access;
        if (holder is CelOptional optional)
        {
            lenient = access == Access.Presence ? access : Access.Optional;
            if (!optional.HasValue)
            {
                return lenient == Access.Presence ? Boxes.False : optional;
            }

            holder = optional.Value;
        }

        if (holder is not ICelMap map)
        {
            return CelError.NoOverload;
        }

        var found = map.TryGet(name, out var value) || (!ReferenceEquals(unescaped, name) && map.TryGet(unescaped, out value));
        return lenient switch
        {
            Access.Presence => Boxes.Of(found),
            Access.Optional => found ? new CelOptional(true, value) : CelOptional.None,
            _ => found ? value : CelError.NoKey(name),
        };
    }
}

/// <summary><c>a[b]</c> and <c>a[?b]</c>.</summary>
internal sealed class IndexOp(Op target, Op index, bool optional) : Op
{
    public override object? Run(Frame frame)
    {
        var holder = target.Run(frame);
        var key = holder is CelError ? holder : index.Run(frame);
        if (key is CelError)
        {
            return key;
        }

        frame.Spend(1);
        var lenient = optional;
        if (holder is CelOptional wrapped)
        {
            if (!wrapped.HasValue)
            {
                return wrapped;
            }

            (holder, lenient) = (wrapped.Value, true);
        }

        var value = Find(holder, key);
        return !lenient ? value
            : value is not CelError missing ? new CelOptional(true, value)
            : ReferenceEquals(missing, CelError.NoOverload) ? missing
            : CelOptional.None;
    }

    private static object? Find(object? holder, object? key) => holder switch
    {
        ICelMap map when NativeMap.Normal(key) is not null => map.TryGet(key, out var value) ? value : CelError.NoKey(key),
        ICelList list when NativeMap.Normal(key) is long at
            => at >= 0 && at < list.Count ? list.At((int)at) : new CelError($"index out of bounds: {at}"),
        _ => CelError.NoOverload,
    };
}
