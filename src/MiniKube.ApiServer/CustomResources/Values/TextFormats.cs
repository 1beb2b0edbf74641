using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The formats of texts that Kubernetes checks; a format it does not know is a remark for readers. Pure.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
/// </summary>
internal static partial class TextFormats
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Checks = new Dictionary<string, Func<string, bool>>
    {
        ["date"] = static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["date-time"] = IsDateTime,
        ["datetime"] = IsDateTime,
        ["duration"] = static text => Duration().IsMatch(text),
        ["email"] = static text => Email().IsMatch(text),
        ["hostname"] = static text => text.Length is > 0 and <= 255 && HostName().IsMatch(text),
        ["ipv4"] = static text => text.Split('.').Length == 4 && IsAddress(text, AddressFamily.InterNetwork),
        ["ipv6"] = static text => IsAddress(text, AddressFamily.InterNetworkV6),
        ["cidr"] = IsCidr,
        ["mac"] = static text => Mac().IsMatch(text),
        ["uri"] = static text => Uri.TryCreate(text, UriKind.Absolute, out _) || (text.StartsWith('/') && Uri.TryCreate(
            text, UriKind.Relative, out _)),
        ["uuid"] = static text => Uuid('.').IsMatch(text),
        ["uuid3"] = static text => Uuid('3').IsMatch(text),
        ["uuid4"] = static text => Uuid('4').IsMatch(text),
        ["uuid5"] = static text => Uuid('5').IsMatch(text),
        ["byte"] = static text => Base64.IsValid(text),
        ["bsonobjectid"] = static text => ObjectId().IsMatch(text),
        ["hexcolor"] = static text => HexColor().IsMatch(text),
        ["rgbcolor"] = static text => RgbColor().IsMatch(text),
        ["ssn"] = static text => SocialSecurity().IsMatch(text),
        ["creditcard"] = static text => CreditCard().IsMatch(text),
        ["isbn"] = static text => Isbn10().IsMatch(text) || Isbn13().IsMatch(text),
        ["isbn10"] = static text => Isbn10().IsMatch(text),
        ["isbn13"] = static text => Isbn13().IsMatch(text),
        ["k8s-short-name"] = static text => Names.CheckDnsLabel(text).Count == 0,
        ["k8s-long-name"] = static text => Names.CheckDnsSubdomain(text).Count == 0,
    }.ToFrozenDictionary();

    public static bool IsValid(string format, string text) => !Checks.TryGetValue(format, out var check) || check(text);

    private static bool IsDateTime(string text)
        => Timestamp().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsAddress(string text, AddressFamily family)
        => IPAddress.TryParse(text, out var address) && address.AddressFamily == family && !text.Contains('%', StringComparison.Ordinal);

    private static bool IsCidr(string text)
        => text.Split('/') is [var address, var bits] && IPAddress.TryParse(address, out var parsed)
            && int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && prefix <= (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static Regex Uuid(char version) => version switch
    {
        '3' => Uuid3(),
        '4' => Uuid4(),
        '5' => Uuid5(),
        _ => AnyUuid(),
    };

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^-?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)\s*)+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^[^\s@<>]+@[^\s@<>]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"^([\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)*[\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.?\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\z|^([0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AnyUuid();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?3[0-9a-fA-F]{3}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Uuid3();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?4[0-9a-fA-F]{3}-?[89abAB][0-9a-fA-F]{3}-?[0-9a-fA-F]{12}\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Uuid4();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?5[0-9a-fA-F]{3}-?[89abAB][0-9a-fA-F]{3}-?[0-9a-fA-F]{12}\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Uuid5();

    [GeneratedRegex(@"^[0-9a-fA-F]{24}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ObjectId();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z", RegexOptions.NonBacktracking)]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)\z", RegexOptions.NonBacktracking)]
    private static partial Regex RgbColor();

    [GeneratedRegex(@"^\d{3}[- ]?\d{2}[- ]?\d{4}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"^\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{1,4}\z", RegexOptions.NonBacktracking)]
    private static partial Regex CreditCard();

    [GeneratedRegex(@"^(\d[- ]?){9}[\dX]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Isbn10();

    [GeneratedRegex(@"^(\d[- ]?){12}\d\z", RegexOptions.NonBacktracking)]
    private static partial Regex Isbn13();
}
