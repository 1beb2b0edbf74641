using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>The functions of texts: the standard ones, the strings extension and Kubernetes' find and findAll.</summary>
internal static class TextCatalog
{
    public static Dictionary<string, Function> Functions { get; } = new()
    {
        ["contains"] = Paid((_, a) => a is [string text, string part] ? Boxes.Of(text.Contains(part, StringComparison.Ordinal)) : null),
        ["startsWith"] = (_, a) => a is [string text, string part]
            ? Boxes.Of(text.StartsWith(part, StringComparison.Ordinal))
            : CelError.NoOverload,
        ["endsWith"] = (_, a) => a is [string text, string part]
            ? Boxes.Of(text.EndsWith(part, StringComparison.Ordinal))
            : CelError.NoOverload,
        ["find"] = (frame, a) => a is [string text, string pattern]
            ? Texts.Match(frame, text, pattern, regex => Texts.Find(regex, text))
            : CelError.NoOverload,
        ["findAll"] = (frame, a) => a switch
        {
            [string text, string pattern] => Texts.Match(frame, text, pattern, regex => Texts.FindAll(regex, text, -1)),
            [string text, string pattern, long limit] => Texts.Match(frame, text, pattern, regex => Texts.FindAll(regex, text, limit)),
            _ => CelError.NoOverload,
        },
        ["charAt"] = Paid((_, a) => a is [string text, long at]
            ? at == Texts.Size(text) ? "" : at is < 0 or long.MaxValue ? OutOfRange(at) : Texts.Substring(text, at, at + 1)
            : null),
        ["indexOf"] = Paid((frame, a) => a switch
        {
            [ICelList list, var item] => Lists.IndexOf(frame, list, item, false),
            [string text, string part] => Texts.IndexOf(text, part, 0, false),
            [string text, string part, long from] => Texts.IndexOf(text, part, from, false),
            _ => null,
        }),
        ["lastIndexOf"] = Paid((frame, a) => a switch
        {
            [ICelList list, var item] => Lists.IndexOf(frame, list, item, true),
            [string text, string part] => Texts.IndexOf(text, part, Texts.Size(text), true),
            [string text, string part, long from] => Texts.IndexOf(text, part, from, true),
            _ => null,
        }),
        ["lowerAscii"] = Paid((_, a) => a is [string text] ? Texts.Ascii(text, false) : null),
        ["upperAscii"] = Paid((_, a) => a is [string text] ? Texts.Ascii(text, true) : null),
        ["trim"] = Paid((_, a) => a is [string text] ? text.Trim() : null),
        ["reverse"] = Paid((_, a) => a is [string text] ? Texts.Reverse(text) : null),
        ["replace"] = Paid((frame, a) => a switch
        {
            [string text, string old, string with] => Texts.Replace(frame, text, old, with, -1),
            [string text, string old, string with, long limit] => Texts.Replace(frame, text, old, with, limit),
            _ => null,
        }),
        ["split"] = Paid((_, a) => a switch
        {
            [string text, string separator] => new NativeList(Texts.Split(text, separator, -1)),
            [string text, string separator, long limit] => new NativeList(Texts.Split(text, separator, limit)),
            _ => null,
        }),
        ["substring"] = Paid((_, a) => a switch
        {
            [string text, long from] => Texts.Substring(text, from, Texts.Size(text)),
            [string text, long from, long to] => Texts.Substring(text, from, to),
            _ => null,
        }),
    };

    private static CelError OutOfRange(long at) => new($"index out of range: {at}");

    /// <summary>Pays for going through the text, times what is looked for; null is: not for these arguments.</summary>
    private static Function Paid(Func<Frame, object?[], object?> function) => (frame, a) =>
    {
        if (a is [string text, ..])
        {
            var looked = a is [_, string part, ..] ? 1 + (part.Length / 10) : 1;
            frame.SpendText((long)text.Length * looked);
        }

        return function(frame, a) ?? CelError.NoOverload;
    };
}
