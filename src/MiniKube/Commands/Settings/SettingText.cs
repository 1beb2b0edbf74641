using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.ApiServer;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>
/// A setting's text and where it was said: a flag, a variable, or a place in the file. And how texts are read: each parser
/// throws a <see cref="FormatException"/> whose message says what was expected.
/// </summary>
internal readonly record struct SettingText(string Origin, string Value)
{
    public static IPAddress Address(string text)
        => IPAddress.TryParse(text, out var address) ? address : throw Expected(text, "an IP address");

    public static int Port(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw Expected(text, "a port (1 to 65535)");

    public static int VxlanId(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is > 0 and <= VxlanIds.Max
            ? id
            : throw Expected(text, $"a VXLAN id (1 to {VxlanIds.Max})");

    public static int Count(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw Expected(text, "a number greater than 0");

    public static int CountOrNone(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Expected(text, "a number, 0 or greater");

    public static IPNetwork Network(string text)
        => IPNetwork.TryParse(text, out var network) ? network : throw Expected(text, "a range like 10.42.0.0/16");

    public static PortRange Ports(string text)
    {
        var ends = text.Split('-');
        if (ends.Length != 2)
        {
            throw Expected(text, "a range of ports like 30000-32767");
        }

        var range = new PortRange(Port(ends[0]), Port(ends[1]));
        return range.First <= range.Last ? range : throw Expected(text, "a range of ports like 30000-32767");
    }

    public static string OneOf(string text, params string[] known)
        => known.Contains(text) ? text : throw Expected(text, $"one of {string.Join(", ", known)}");

    public static string NodeName(string text)
    {
        var valid = text.Length is > 0 and <= 253
            && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            && char.IsAsciiLetterOrDigit(text[0])
            && char.IsAsciiLetterOrDigit(text[^1]);
        return valid ? text : throw Expected(text, "a node name: lower case letters, digits, '-' and '.'");
    }

    public static LogLevel Level(string text) => text.ToLowerInvariant() switch
    {
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw Expected(text, "one of debug, info, warn, error"),
    };

    /// <exception cref="CommandException">An entry is not <c>key=value</c>.</exception>
    public static IReadOnlyDictionary<string, string> Labels(IReadOnlyList<string> entries)
    {
        var labels = new Dictionary<string, string>();
        foreach (var entry in entries)
        {
            var split = entry.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                throw CommandException.Usage($"--node-label: '{entry}' is not of the form KEY=VALUE");
            }

            labels[entry[..split]] = entry[(split + 1)..];
        }

        return labels;
    }

    private static FormatException Expected(string text, string what) => new($"'{text}' is not {what}");
}
