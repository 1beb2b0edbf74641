using System.Text.RegularExpressions;

namespace MiniKube.Runtimes;

/// <summary>The <c>name="value"</c> pairs of a WWW-Authenticate header (RFC 9110, section 11.2).</summary>
internal static partial class ChallengeParameters
{
    public static Dictionary<string, string> Parse(string text)
        => Pair().Matches(text)
            .GroupBy(static match => match.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static group => group.Key, static group => group.First().Groups["value"].Value);

    [GeneratedRegex("""(?<name>[A-Za-z]+)="(?<value>[^"]*)"|(?<name>[A-Za-z]+)=(?<value>[^",\s]+)""")]
    private static partial Regex Pair();
}
