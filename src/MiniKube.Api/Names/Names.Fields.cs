using System.Net;
using System.Net.Sockets;

namespace MiniKube.Api;

/// <content>Texts inside specifications: ports, environment variables, keys of config maps, addresses.</content>
public static partial class Names
{
    private const int PortNameLengthMax = 15; // RFC 6335, section 5.1

    /// <summary>The name of a port: an IANA service name.</summary>
    public static IReadOnlyList<string> CheckPortName(string text)
    {
        var problems = new List<string>();
        if (text.Length > PortNameLengthMax)
        {
            problems.Add(TooLong(PortNameLengthMax));
        }

        if (text.Length == 0 || text.AsSpan().ContainsAnyExcept(LowerAlphanumericOrDash))
        {
            problems.Add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (!text.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            problems.Add("must contain at least one letter (a-z)");
        }

        if (text.Contains("--", StringComparison.Ordinal))
        {
            problems.Add("must not contain consecutive hyphens");
        }

        if (text.StartsWith('-') || text.EndsWith('-'))
        {
            problems.Add("must not begin or end with a hyphen");
        }

        return problems;
    }

    /// <summary>A port number.</summary>
    public static IReadOnlyList<string> CheckPortNumber(long port)
        => port is >= 1 and <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];

    /// <summary>The name of an environment variable: printable ASCII without <c>=</c>.</summary>
    public static IReadOnlyList<string> CheckEnvironmentName(string text)
        => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('=', StringComparison.Ordinal)
            ? []
            : [Messages.EnvironmentName];

    /// <summary>A key of a config map or secret: the name of a file that is not hidden in the volume's own way.</summary>
    public static IReadOnlyList<string> CheckConfigKey(string text)
    {
        if (text.Length > SubdomainLengthMax)
        {
            return [TooLong(SubdomainLengthMax)];
        }

        if (text.Length == 0 || text.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return [Messages.ConfigKey];
        }

        return text switch
        {
            "." => ["must not be '.'"],
            ".." => ["must not be '..'"],
            _ when text.StartsWith("..", StringComparison.Ordinal) => ["must not start with '..'"],
            _ => [],
        };
    }

    /// <summary>The name of an HTTP header.</summary>
    public static IReadOnlyList<string> CheckHttpHeaderName(string text)
        => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') ? [] : [Messages.HttpHeaderName];

    /// <summary>A percentage such as <c>25%</c>.</summary>
    public static IReadOnlyList<string> CheckPercent(string text)
        => text.Length > 1 && text[^1] == '%' && text.AsSpan(0, text.Length - 1).ContainsAnyExceptInRange('0', '9') is false
            ? []
            : [Messages.Percent];

    /// <summary>An IPv4 or IPv6 address in plain form.</summary>
    public static IReadOnlyList<string> CheckIPAddress(string text)
        => IsIPAddress(text) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];

    /// <summary>A network in CIDR form.</summary>
    public static IReadOnlyList<string> CheckCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var valid = slash > 0
            && IsIPAddress(text[..slash])
            && int.TryParse(text.AsSpan(slash + 1), out var length)
            && length >= 0
            && length <= (text.Contains(':', StringComparison.Ordinal) ? 128 : 32);
        return valid ? [] : ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
    }

    // The platform also reads "1", "0x7f.1" and "010.1.1.1" as IPv4, and scopes in IPv6; Kubernetes does not.
    private static bool IsIPAddress(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.AsSpan().ContainsAny('%', '[')
            : address.ToString() == text;
    }
}
