using System.Buffers;
using System.Globalization;

namespace MiniKube.Api;

/// <summary>
/// Which texts Kubernetes allows as names, label keys and values, and so on. Every check returns what is wrong in Kubernetes'
/// words, and nothing when the text is fine. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
/// </summary>
public static partial class Names
{
    /// <summary>Longest DNS label, label value, and name part of a qualified name.</summary>
    public const int LabelLengthMax = 63;

    /// <summary>Longest DNS subdomain.</summary>
    public const int SubdomainLengthMax = 253;

    private static readonly SearchValues<char> LowerAlphanumericOrDash = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.:~!$&'()*+,;=%@");
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>An RFC 1123 label: <c>my-name</c>, <c>123-abc</c>.</summary>
    public static IReadOnlyList<string> CheckDnsLabel(string text)
        => Check(text, LabelLengthMax, IsLabel(text), Messages.DnsLabel);

    /// <summary>An RFC 1123 subdomain: labels joined by dots.</summary>
    public static IReadOnlyList<string> CheckDnsSubdomain(string text)
        => Check(text, SubdomainLengthMax, IsSubdomain(text), Messages.DnsSubdomain);

    /// <summary>An RFC 1035 label: as an RFC 1123 label, but starts with a letter.</summary>
    public static IReadOnlyList<string> CheckDns1035Label(string text)
        => Check(text, LabelLengthMax, IsLabel(text) && char.IsAsciiLetter(text[0]), Messages.Dns1035Label);

    /// <summary>A subdomain whose first label is <c>*</c>: <c>*.example.com</c>.</summary>
    public static IReadOnlyList<string> CheckWildcardSubdomain(string text)
        => Check(
            text,
            SubdomainLengthMax,
            text.StartsWith("*.", StringComparison.Ordinal) && IsSubdomain(text.AsSpan(2)),
            Messages.WildcardSubdomain);

    /// <summary>A domain and a path below it: <c>example.com/name</c>, as the controllers of classes are named.</summary>
    public static IReadOnlyList<string> CheckDomainPrefixedPath(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return ["must be a domain-prefixed path (such as \"acme.io/foo\")"];
        }

        if (slash == text.Length - 1)
        {
            return ["must be a domain-prefixed path (such as \"acme.io/foo\")"];
        }

        var problems = CheckDnsSubdomain(text[..slash]).Select(problem => $"prefix part {problem}").ToList();
        if (text.AsSpan(slash + 1).ContainsAnyExcept(PathCharacters))
        {
            problems.Add(Messages.PathPart);
        }

        return problems;
    }

    /// <summary>A label value: empty, or letters, digits, <c>-</c>, <c>_</c> and <c>.</c> between a letter or digit at both ends.</summary>
    public static IReadOnlyList<string> CheckLabelValue(string text)
        => Check(text, LabelLengthMax, text.Length == 0 || IsNamePart(text), Messages.LabelValue);

    /// <summary>A label or annotation key, a resource name: a name with an optional DNS prefix, <c>example.com/name</c>.</summary>
    public static IReadOnlyList<string> CheckQualifiedName(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash != text.LastIndexOf('/'))
        {
            return [Messages.QualifiedName];
        }

        // Nearly every key is fine; only a bad one pays for the list.
        var name = text.AsSpan(slash + 1);
        var prefix = slash < 0 ? default : text.AsSpan(0, slash);
        return IsNamePart(name) && name.Length <= LabelLengthMax && (slash < 0 || IsSubdomain(prefix, SubdomainLengthMax))
            ? []
            : QualifiedNameProblems(slash < 0 ? null : prefix.ToString(), name.ToString());
    }

    /// <summary>A name that is one segment of a URL path.</summary>
    public static IReadOnlyList<string> CheckPathSegment(string text)
    {
        if (text is "." or "..")
        {
            return [$"may not be '{text}'"];
        }

        var problems = new List<string>();
        if (text.Contains('/', StringComparison.Ordinal))
        {
            problems.Add("may not contain '/'");
        }

        if (text.Contains('%', StringComparison.Ordinal))
        {
            problems.Add("may not contain '%'");
        }

        return problems;
    }

    /// <summary>True for an RFC 1123 label.</summary>
    public static bool IsDnsLabel(string text) => text.Length <= LabelLengthMax && IsLabel(text);

    /// <summary>True for an RFC 1123 subdomain.</summary>
    public static bool IsDnsSubdomain(string text) => IsSubdomain(text, SubdomainLengthMax);

    /// <summary>True for a qualified name.</summary>
    public static bool IsQualifiedName(string text) => CheckQualifiedName(text).Count == 0;

    internal static string TooLong(int lengthMax)
        => $"must be no more than {lengthMax.ToString(CultureInfo.InvariantCulture)} bytes";

    private static IReadOnlyList<string> Check(string text, int lengthMax, bool wellFormed, string message)
    {
        if (text.Length <= lengthMax)
        {
            return wellFormed ? [] : [message];
        }

        return wellFormed ? [TooLong(lengthMax)] : [TooLong(lengthMax), message];
    }

    private static List<string> QualifiedNameProblems(string? prefix, string name)
    {
        var problems = new List<string>();
        if (prefix is { Length: 0 })
        {
            problems.Add("prefix part must be non-empty");
        }
        else if (prefix is not null)
        {
            problems.AddRange(CheckDnsSubdomain(prefix).Select(problem => $"prefix part {problem}"));
        }

        if (name.Length == 0)
        {
            problems.Add("name part must be non-empty");
        }
        else if (name.Length > LabelLengthMax)
        {
            problems.Add($"name part {TooLong(LabelLengthMax)}");
        }

        if (!IsNamePart(name))
        {
            problems.Add($"name part {Messages.NamePart}");
        }

        return problems;
    }

    private static bool IsLabel(ReadOnlySpan<char> text)
        => !text.IsEmpty && text[0] != '-' && text[^1] != '-' && !text.ContainsAnyExcept(LowerAlphanumericOrDash);

    private static bool IsSubdomain(ReadOnlySpan<char> text, int lengthMax) => text.Length <= lengthMax && IsSubdomain(text);

    private static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        foreach (var label in text.Split('.'))
        {
            if (!IsLabel(text[label]))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    private static bool IsNamePart(ReadOnlySpan<char> text)
        => !text.IsEmpty
            && char.IsAsciiLetterOrDigit(text[0])
            && char.IsAsciiLetterOrDigit(text[^1])
            && !text.ContainsAnyExcept(NameCharacters);
}
