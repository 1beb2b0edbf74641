namespace MiniKube;

/// <summary>
/// What lets a machine join, as a person pastes it: <c>K10HASH::USER:SECRET</c>, whose hash pins the cluster's authority, or
/// the short forms <c>SECRET</c> and <c>ID.SECRET</c>, which pin nothing.
/// </summary>
internal sealed record JoinToken
{
    private const string Prefix = "K10";
    private const int HashDigits = 64; // SHA-256

    private JoinToken(string? authorityHash, string credentials)
    {
        AuthorityHash = authorityHash;
        Credentials = credentials;
    }

    /// <summary>SHA-256 of the authority's certificate (DER), lower case hex; null when the token does not say.</summary>
    public string? AuthorityHash { get; }

    /// <summary>What is sent as bearer token. Secret.</summary>
    public string Credentials { get; }

    /// <exception cref="CommandException">It is no token; the message does not repeat it.</exception>
    public static JoinToken Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return IsCredentials(text) ? new JoinToken(null, text) : throw NoToken("expected K10HASH::USER:SECRET or SECRET");
        }

        var parts = text[Prefix.Length..].Split("::", 2);
        if (parts.Length != 2 || parts[0].Length != HashDigits || !parts[0].All(char.IsAsciiHexDigit))
        {
            throw NoToken($"after K10 come {HashDigits} hexadecimal digits and '::'; was it pasted whole?");
        }

        return parts[1].Contains(':', StringComparison.Ordinal) && IsCredentials(parts[1])
            ? new JoinToken(parts[0].ToLowerInvariant(), parts[1])
            : throw NoToken("after '::' comes USER:SECRET; was it pasted whole?");
    }

    /// <summary>The same credentials for a cluster whose authority is another now, as a person would paste it. Secret.</summary>
    public string ForAuthority(string hash) => $"{Prefix}{hash}::{Credentials}";

    /// <summary>Says nothing: the record holds a secret.</summary>
    public override string ToString() => nameof(JoinToken);

    // What can stand in an Authorization header: printable, no spaces.
    private static bool IsCredentials(string text) => text.Length > 0 && text.All(static c => c is > ' ' and < (char)127);

    private static CommandException NoToken(string why)
        => CommandException.Usage($"the token cannot be used: {why}");
}
