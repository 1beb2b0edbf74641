using System.Collections.Frozen;

namespace MiniKube.Cel.Checking;

/// <summary>Which operators there are between which types, and what comes of it. Pure.</summary>
internal static class Operators
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%");

    public static bool IsOperator(string name) => Names.Contains(name);

    /// <summary>The type of the result; null when there is no such operator.</summary>
    public static CelShape? Result(string name, CelShape left, CelShape right) => name switch
    {
        "==" or "!=" => AreComparable(left, right) ? CelShape.Bool : null,
        "<" or "<=" or ">" or ">=" => AreOrdered(left, right) ? CelShape.Bool : null,
        "in" => right.IsScalar ? null : right.IsList && !AreComparable(left, right.Element!) ? null : CelShape.Bool,
        _ when left.IsDynamic || right.IsDynamic => CelShape.Dynamic,
        "+" when left.IsList && right.IsList => left.Name == right.Name ? left : CelShape.ListOf(CelShape.Dynamic),
        "+" => Sum(left.Name, right.Name),
        "-" => Difference(left.Name, right.Name),
        "%" => left.Name == right.Name && left.Name is "int" or "uint" ? left : null,
        _ => left.Name == right.Name && left.Name is "int" or "uint" or "double" ? left : null,
    };

    private static bool AreComparable(CelShape left, CelShape right)
        => left.IsScalar && right.IsScalar
            ? left.Name == right.Name || (IsNumber(left) && IsNumber(right))
            : !(left.IsScalar && IsComposed(right)) && !(right.IsScalar && IsComposed(left));

    private static bool IsComposed(CelShape shape) => shape.IsList || shape.IsMap || shape.IsObject;

    private static bool AreOrdered(CelShape left, CelShape right)
        => left.IsDynamic || right.IsDynamic
            ? !IsComposed(left) && !IsComposed(right)
            : left.IsScalar && right.IsScalar && (left.Name == right.Name || (IsNumber(left) && IsNumber(right)));

    private static bool IsNumber(CelShape shape) => shape.Name is "int" or "uint" or "double";

    private static CelShape? Sum(string left, string right) => (left, right) switch
    {
        ("int", "int") => CelShape.Int,
        ("uint", "uint") => CelShape.Uint,
        ("double", "double") => CelShape.Double,
        ("string", "string") => CelShape.String,
        ("bytes", "bytes") => CelShape.Bytes,
        ("timestamp", "duration") or ("duration", "timestamp") => CelShape.Timestamp,
        ("duration", "duration") => CelShape.Duration,
        _ => null,
    };

    private static CelShape? Difference(string left, string right) => (left, right) switch
    {
        ("int", "int") => CelShape.Int,
        ("uint", "uint") => CelShape.Uint,
        ("double", "double") => CelShape.Double,
        ("timestamp", "duration") => CelShape.Timestamp,
        ("timestamp", "timestamp") or ("duration", "duration") => CelShape.Duration,
        _ => null,
    };
}
