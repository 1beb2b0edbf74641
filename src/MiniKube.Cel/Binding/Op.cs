using MiniKube.Cel.Functions;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Binding;

/// <summary>A step of a compiled expression. Errors are values; only a spent budget and cancellation throw.</summary>
internal abstract class Op
{
    public abstract object? Run(Frame frame);
}

internal sealed class ConstantOp(object? value) : Op
{
    public override object? Run(Frame frame) => value;
}

internal sealed class SlotOp(int slot) : Op
{
    public override object? Run(Frame frame)
    {
        frame.Spend(1);
        return frame.Slots[slot];
    }
}

internal sealed class ConditionOp(Op test, Op yes, Op no) : Op
{
    public override object? Run(Frame frame) => test.Run(frame) switch
    {
        true => yes.Run(frame),
        false => no.Run(frame),
        CelError error => error,
        _ => CelError.NoOverload,
    };
}

/// <summary><c>&amp;&amp;</c> and <c>||</c>: a term that decides wins over an error of another, in any order.</summary>
internal sealed class LogicOp(bool decides, Op[] terms) : Op
{
    public override object? Run(Frame frame)
    {
        CelError? error = null;
        foreach (var term in terms)
        {
            switch (term.Run(frame))
            {
                case bool value when value == decides:
                    return Boxes.Of(decides);
                case bool:
                    break;
                case CelError failed:
                    error ??= failed;
                    break;
                default:
                    error ??= CelError.NoOverload;
                    break;
            }
        }

        return error ?? Boxes.Of(!decides);
    }
}

internal sealed class CallOp(Function function, Op[] arguments) : Op
{
    public override object? Run(Frame frame)
    {
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Run(frame);
            if (values[i] is CelError error)
            {
                return error;
            }
        }

        frame.Spend(1);
        return function(frame, values);
    }
}

/// <summary>A function of two without the array: what most rules are made of.</summary>
internal sealed class BinaryOp(Func<Frame, object?, object?, object?> function, Op left, Op right) : Op
{
    public override object? Run(Frame frame)
    {
        var a = left.Run(frame);
        if (a is CelError)
        {
            return a;
        }

        var b = right.Run(frame);
        if (b is CelError)
        {
            return b;
        }

        frame.Spend(1);
        return function(frame, a, b);
    }
}

internal sealed class ListOp(Op[] items, IReadOnlySet<int> optional) : Op
{
    public override object? Run(Frame frame)
    {
        frame.Spend(10);
        var list = new List<object?>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            var value = items[i].Run(frame);
            if (value is CelError)
            {
                return value;
            }

            if (!optional.Contains(i))
            {
                list.Add(value);
            }
            else if (value is not CelOptional wrapped)
            {
                return CelError.NoOverload;
            }
            else if (wrapped.HasValue)
            {
                list.Add(wrapped.Value);
            }
        }

        return new NativeList(list);
    }
}

internal sealed class MapOp(Op[] entries, IReadOnlySet<int> optional) : Op
{
    public override object? Run(Frame frame)
    {
        frame.Spend(30);
        var map = new Dictionary<object, object?>();
        for (var i = 0; i < entries.Length; i += 2)
        {
            var key = entries[i].Run(frame);
            var value = key is CelError ? key : entries[i + 1].Run(frame);
            if (value is CelError)
            {
                return value;
            }

            if (optional.Contains(i))
            {
                if (value is not CelOptional wrapped)
                {
                    return CelError.NoOverload;
                }

                if (!wrapped.HasValue)
                {
                    continue;
                }

                value = wrapped.Value;
            }

            if (key is double || NativeMap.Normal(key) is not { } normal)
            {
                return new CelError("unsupported key type");
            }

            if (!map.TryAdd(normal, value))
            {
                return new CelError($"Failed with repeated key: {key}");
            }
        }

        return new NativeMap(map);
    }
}
