using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Arithmetic within one type; overflow is an <see cref="OverflowException"/> that the operator turns into an error.</summary>
internal static class Arithmetic
{
    public static object? Add(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => checked(x + y),
        (ulong x, ulong y) => checked(x + y),
        (double x, double y) => x + y,
        (DateTimeOffset x, TimeSpan y) => x + y,
        (TimeSpan x, DateTimeOffset y) => y + x,
        (TimeSpan x, TimeSpan y) => x + y,
        _ => CelError.NoOverload,
    };

    public static object? Subtract(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => checked(x - y),
        (ulong x, ulong y) => checked(x - y),
        (double x, double y) => x - y,
        (DateTimeOffset x, TimeSpan y) => x - y,
        (DateTimeOffset x, DateTimeOffset y) => x - y,
        (TimeSpan x, TimeSpan y) => x - y,
        _ => CelError.NoOverload,
    };

    public static object? Multiply(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => checked(x * y),
        (ulong x, ulong y) => checked(x * y),
        (double x, double y) => x * y,
        _ => CelError.NoOverload,
    };

    public static object? Divide(object? a, object? b) => (a, b) switch
    {
        (long, 0L) or (ulong, 0UL) => new CelError("division by zero"),
        (long x, long y) => checked(x / y),
        (ulong x, ulong y) => x / y,
        (double x, double y) => x / y,
        _ => CelError.NoOverload,
    };

    public static object? Modulo(object? a, object? b) => (a, b) switch
    {
        (long, 0L) or (ulong, 0UL) => new CelError("modulus by zero"),
        (long.MinValue, -1L) => new CelError("integer overflow"),
        (long x, long y) => x % y,
        (ulong x, ulong y) => x % y,
        _ => CelError.NoOverload,
    };
}
