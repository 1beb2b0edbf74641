namespace MiniKube.ApiServer;

/// <summary>
/// A token in any of the forms people paste: <c>K10HASH::USER:SECRET</c>, <c>USER:SECRET</c>, <c>ID.SECRET</c>, or the secret
/// alone. Pure.
/// </summary>
/// <param name="User"><c>server</c>, <c>node</c>, the id of a bootstrap token, or empty when the token does not say.</param>
/// <param name="Secret">What proves it.</param>
internal readonly record struct JoinCredential(string User, string Secret)
{
    public const string Node = "node";
    public const string Server = "server";

    private const string HashedPrefix = "K10";

    public static JoinCredential Parse(string token)
    {
        var rest = token.Trim();
        if (rest.StartsWith(HashedPrefix, StringComparison.Ordinal)
            && rest.IndexOf("::", StringComparison.Ordinal) is var end and > 0)
        {
            rest = rest[(end + 2)..];
        }

        if (rest.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
        {
            return new JoinCredential(rest[..colon], rest[(colon + 1)..]);
        }

        return BootstrapToken.TrySplit(rest, out var id, out var secret)
            ? new JoinCredential(id, secret)
            : new JoinCredential("", rest);
    }

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => User;
}
