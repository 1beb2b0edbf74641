namespace MiniKube.ApiServer;

/// <summary>Who asks, and who gets tokens: what there is once the keys have been read.</summary>
internal sealed record IdentityParts(
    Authenticator Authenticator, ServiceAccountTokens Tokens, TokenRequests TokenRequests, Func<string> AuthoritiesPem)
{
    public static IdentityParts Make(ClusterPki pki, JoinTokens joins, ObjectLookup objects, string issuer, TimeProvider time)
    {
        var accounts = new ServiceAccountTokens(pki.AccountKeys, issuer, objects.UidOf, time);
        return new IdentityParts(
            new Authenticator(() => pki.Material.Authorities, joins, accounts),
            accounts,
            new TokenRequests(accounts, objects, time),
            () => pki.Material.BundlePem);
    }
}
