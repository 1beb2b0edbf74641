using System.Collections.Frozen;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>The operators of two operands. Integers do not wrap: leaving the range is an error.</summary>
internal static class Operators
{
    public static FrozenDictionary<string, Func<Frame, object?, object?, object?>> Binary { get; } =
        new Dictionary<string, Func<Frame, object?, object?, object?>>
        {
            ["=="] = (frame, a, b) => Boxes.Of(Equality.Same(a, b, frame)),
            ["!="] = (frame, a, b) => Boxes.Of(!Equality.Same(a, b, frame)),
            ["<"] = (_, a, b) => Order(a, b, sign => sign < 0),
            ["<="] = (_, a, b) => Order(a, b, sign => sign <= 0),
            [">"] = (_, a, b) => Order(a, b, sign => sign > 0),
            [">="] = (_, a, b) => Order(a, b, sign => sign >= 0),
            ["in"] = In,
            ["+"] = (frame, a, b) => Joining.Add(frame, a, b) ?? Guard(() => Arithmetic.Add(a, b), a),
            ["-"] = (_, a, b) => Guard(() => Arithmetic.Subtract(a, b), a),
            ["*"] = (_, a, b) => Guard(() => Arithmetic.Multiply(a, b), a),
            ["/"] = (_, a, b) => Guard(() => Arithmetic.Divide(a, b), a),
            ["%"] = (_, a, b) => Guard(() => Arithmetic.Modulo(a, b), a),
        }.ToFrozenDictionary();

    public static object? Negate(object? value) => value switch
    {
        long.MinValue => new CelError("integer overflow"),
        long number => -number,
        double number => -number,
        _ => CelError.NoOverload,
    };

    public static object? Not(object? value) => value is bool answer ? Boxes.Of(!answer) : CelError.NoOverload;

    private static object? Order(object? a, object? b, Func<int, bool> holds)
        => Ordering.Compare(a, b) is { } sign ? Boxes.Of(holds(sign))
            : Ordering.IsNumber(a) && Ordering.IsNumber(b) ? Boxes.False
            : CelError.NoOverload;

    private static object? In(Frame frame, object? item, object? holder)
    {
        if (holder is ICelMap map)
        {
            return Boxes.Of(map.TryGet(item, out _));
        }

        if (holder is not ICelList list)
        {
            return CelError.NoOverload;
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (Equality.Same(item, list.At(i), frame))
            {
                return Boxes.True;
            }
        }

        return Boxes.False;
    }

    private static object? Guard(Func<object?> work, object? first)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is OverflowException or ArgumentOutOfRangeException)
        {
            return new CelError(first is ulong ? "unsigned integer overflow" : "integer overflow");
        }
    }
}
