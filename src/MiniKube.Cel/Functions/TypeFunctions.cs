using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Types as values, and conversions between them.</summary>
internal static class TypeFunctions
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static FrozenDictionary<string, CelType> Denotations { get; } =
        new[] { "int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type", "optional_type" }
            .ToFrozenDictionary(name => name, name => new CelType(name));

    public static object? TypeOf(object? value) => value switch
    {
        null => Denotations["null_type"],
        bool => Denotations["bool"],
        long => Denotations["int"],
        ulong => Denotations["uint"],
        double => Denotations["double"],
        string => Denotations["string"],
        byte[] => Denotations["bytes"],
        ICelList => Denotations["list"],
        ICelMap => Denotations["map"],
        CelType => Denotations["type"],
        CelOptional => Denotations["optional_type"],
        DateTimeOffset => new CelType("google.protobuf.Timestamp"),
        IPAddress => new CelType("net.IP"),
        CelNetwork => new CelType("net.CIDR"),
        CelUrl => new CelType("kubernetes.URL"),
        CelQuantity => new CelType("kubernetes.Quantity"),
        ICelReceiver receiver => new CelType(receiver.TypeName),
        _ => new CelType("google.protobuf.Duration"),
    };

    public static object? Int(object? value) => value switch
    {
        long => value,
        ulong number => number <= long.MaxValue ? (long)number : Range,
        double number => number is > -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : Range,
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : Bad(text, "int"),
        DateTimeOffset time => time.ToUnixTimeSeconds(),
        _ => CelError.NoOverload,
    };

    public static object? Uint(object? value) => value switch
    {
        ulong => value,
        long number => number >= 0 ? (ulong)number : Range,
        double number => number is >= 0 and < 18446744073709551616.0 ? (ulong)number : Range,
        string text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Bad(text, "uint"),
        _ => CelError.NoOverload,
    };

    public static object? Double(object? value) => value switch
    {
        double => value,
        long number => (double)number,
        ulong number => (double)number,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : Bad(text, "double"),
        _ => CelError.NoOverload,
    };

    public static object? Bool(object? value) => value switch
    {
        bool => value,
        "true" or "True" or "TRUE" or "t" or "1" => Boxes.True,
        "false" or "False" or "FALSE" or "f" or "0" => Boxes.False,
        string text => Bad(text, "bool"),
        _ => CelError.NoOverload,
    };

    public static object? Text(object? value) => value switch
    {
        string => value,
        bool answer => answer ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        ulong number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => Decode(bytes),
        DateTimeOffset time => Times.Text(time),
        TimeSpan span => Times.Text(span),
        IPAddress or CelNetwork => value.ToString(),
        _ => CelError.NoOverload,
    };

    public static object? Bytes(object? value) => value switch
    {
        byte[] => value,
        string text => Encoding.UTF8.GetBytes(text),
        _ => CelError.NoOverload,
    };

    private static CelError Range => new("range error converting the number");

    private static CelError Bad(string text, string type)
        => new($"type conversion error from string to '{type}': {text[..Math.Min(text.Length, 64)]}");

    private static object? Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return new CelError("invalid UTF-8 in bytes, cannot convert to string");
        }
    }
}
