using System.Collections.Frozen;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>A function over values that are no errors; the first of a member function is what it is called on.</summary>
internal delegate object? Function(Frame frame, object?[] arguments);

/// <summary>Every function there is, by name. Which arguments one takes, it says itself.</summary>
internal static class FunctionCatalog
{
    public static FrozenDictionary<string, Function> Global { get; } = new Dictionary<string, Function>
    {
        ["!x"] = (_, a) => Operators.Not(a[0]),
        ["-x"] = (_, a) => Operators.Negate(a[0]),
        ["size"] = Size,
        ["type"] = One(TypeFunctions.TypeOf),
        ["dyn"] = One(value => value),
        ["int"] = One(TypeFunctions.Int),
        ["uint"] = One(TypeFunctions.Uint),
        ["double"] = One(TypeFunctions.Double),
        ["bool"] = One(TypeFunctions.Bool),
        ["string"] = Converted(TypeFunctions.Text),
        ["bytes"] = Converted(TypeFunctions.Bytes),
        ["timestamp"] = One(Times.Timestamp),
        ["duration"] = One(Times.Duration),
        ["matches"] = Matches,
        ["optional.of"] = One(value => new CelOptional(true, value)),
        ["optional.none"] = (_, a) => a.Length == 0 ? CelOptional.None : CelError.NoOverload,
        ["optional.ofNonZeroValue"] = One(value => IsZero(value) ? CelOptional.None : new CelOptional(true, value)),
        ["sets.contains"] = Sets((frame, a, b) => Lists.Contains(frame, a, b)),
        ["sets.intersects"] = Sets((frame, a, b) => Lists.Intersects(frame, a, b)),
        ["sets.equivalent"] = Sets((frame, a, b) => Lists.Contains(frame, a, b) && Lists.Contains(frame, b, a)),
        ["jsonpatch.escapeKey"] = (frame, a) => a is [string key]
            ? Texts.Replace(frame, (string)Texts.Replace(frame, key, "~", "~0", -1)!, "/", "~1", -1)
            : CelError.NoOverload,
    }.Concat(Networks.Global).Concat(Urls.Global).Concat(Quantities.Global).ToFrozenDictionary();

    public static FrozenDictionary<string, Function> Member { get; } = TextCatalog.Functions
        .Concat(new Dictionary<string, Function>
        {
            ["size"] = Size,
            ["matches"] = Matches,
            ["format"] = (frame, a) => a is [string text, ICelList list] ? Formats.Format(frame, text, list) : CelError.NoOverload,
            ["hasValue"] = (_, a) => a is [CelOptional optional] ? Boxes.Of(optional.HasValue) : CelError.NoOverload,
            ["value"] = (_, a) => a is not [CelOptional optional] ? CelError.NoOverload
                : optional.HasValue ? optional.Value : new CelError("optional.none() dereference"),
            ["isSorted"] = (frame, a) => a is [ICelList list] ? Lists.IsSorted(frame, list) : CelError.NoOverload,
            ["sum"] = (frame, a) => a is [ICelList list] ? Lists.Sum(frame, list) : CelError.NoOverload,
            ["min"] = (frame, a) => a is [ICelList list] ? Lists.Extreme(frame, list, -1) : CelError.NoOverload,
            ["max"] = (frame, a) => a is [ICelList list] ? Lists.Extreme(frame, list, 1) : CelError.NoOverload,
            ["join"] = (frame, a) => a switch
            {
                [ICelList list] => Texts.Join(frame, list, ""),
                [ICelList list, string separator] => Texts.Join(frame, list, separator),
                _ => CelError.NoOverload,
            },
            ["getFullYear"] = (_, a) => Times.Part(a, time => time.Year),
            ["getMonth"] = (_, a) => Times.Part(a, time => time.Month - 1),
            ["getDate"] = (_, a) => Times.Part(a, time => time.Day),
            ["getDayOfMonth"] = (_, a) => Times.Part(a, time => time.Day - 1),
            ["getDayOfWeek"] = (_, a) => Times.Part(a, time => (long)time.DayOfWeek),
            ["getDayOfYear"] = (_, a) => Times.Part(a, time => time.DayOfYear - 1),
            ["getHours"] = (_, a) => a is [TimeSpan span] ? (long)span.TotalHours : Times.Part(a, time => time.Hour),
            ["getMinutes"] = (_, a) => a is [TimeSpan span] ? (long)span.TotalMinutes : Times.Part(a, time => time.Minute),
            ["getSeconds"] = (_, a) => a is [TimeSpan span] ? (long)span.TotalSeconds : Times.Part(a, time => time.Second),
            ["getMilliseconds"] = (_, a) => a is [TimeSpan span] ? (long)span.Milliseconds : Times.Part(a, time => time.Millisecond),
        }).Concat(Networks.Member).Concat(Urls.Member).Concat(Quantities.Member).Concat(Receivers.Member).ToFrozenDictionary();

    private static object? Matches(Frame frame, object?[] a)
        => a is [string text, string pattern]
            ? Texts.Match(frame, text, pattern, regex => Boxes.Of(regex.IsMatch(text)))
            : CelError.NoOverload;

    private static object? Size(Frame frame, object?[] arguments)
    {
        switch (arguments)
        {
            case [string text]:
                frame.SpendText(text.Length);
                return Texts.Size(text);
            case [byte[] bytes]:
                return (long)bytes.Length;
            case [ICelList list]:
                return (long)list.Count;
            case [ICelMap map]:
                return (long)map.Count;
            default:
                return CelError.NoOverload;
        }
    }

    private static bool IsZero(object? value) => value is null or false or 0L or 0UL or 0.0 or "" or byte[] { Length: 0 }
        or ICelList { Count: 0 } or ICelMap { Count: 0 } || value is TimeSpan span && span == TimeSpan.Zero;

    private static Function One(Func<object?, object?> function) => (_, a) => a.Length == 1 ? function(a[0]) : CelError.NoOverload;

    private static Function Converted(Func<object?, object?> function) => (frame, a) =>
    {
        frame.SpendText(a is [string text] ? text.Length : a is [byte[] bytes] ? bytes.Length : 0);
        return a.Length == 1 ? function(a[0]) : CelError.NoOverload;
    };

    private static Function Sets(Func<Frame, ICelList, ICelList, bool> function)
        => (frame, a) => a is [ICelList left, ICelList right] ? Boxes.Of(function(frame, left, right)) : CelError.NoOverload;
}
