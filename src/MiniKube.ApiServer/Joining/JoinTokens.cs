using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Which tokens are good now: the administrator's, the permanent one of nodes, and the bootstrap tokens among the Secrets.
/// Read from the store each time, so one that is deleted or has expired is refused at once. Thread-safe.
/// </summary>
internal sealed class JoinTokens(Func<ObjectKey, V1Secret?> findSecret, string adminToken, string nodeToken, TimeProvider time)
{
    private readonly byte[] _admin = Hash(adminToken);
    private readonly byte[] _node = Hash(nodeToken);

    /// <summary>True for the administrator's token, with or without its user. Takes the same time whatever the token is.</summary>
    public bool IsAdmin(string token)
        => Matches(token, _admin)
            || (JoinCredential.Parse(token) is { User: JoinCredential.Server } named && Matches(named.Secret, _admin));

    /// <summary>Who a bootstrap token says one is; null when it is none that is good now.</summary>
    public UserInfo? FindBootstrapper(string token)
        => JoinCredential.Parse(token) is var credential && Good(credential) is { } found ? UserOf(found) : null;

    /// <summary>Who joins with the token.</summary>
    /// <exception cref="ApiException">Unauthorized; the message says why and what to do.</exception>
    public UserInfo Join(string token)
    {
        var credential = JoinCredential.Parse(token);
        if (IsAdmin(token))
        {
            return Joining(JoinCredential.Server);
        }

        if (credential.User is "" or JoinCredential.Node && Matches(credential.Secret, _node))
        {
            return Joining(JoinCredential.Node);
        }

        return Good(credential) is { } found ? UserOf(found) : throw Refusal(credential);
    }

    private ApiException Refusal(JoinCredential credential)
    {
        const string advice = "make one with 'minikube token create' on the server";
        if (Find(credential) is { } known && known.HasExpired(time.GetUtcNow()))
        {
            return Unauthorized($"the join token {known.Id} expired at {known.Expiration:u}; {advice}");
        }

        return Unauthorized(credential.User.Length > 0
            ? $"the join token of '{credential.User}' is not known to this cluster: it is wrong, it ran out, or it was deleted; {advice}"
            : $"the join token is not known to this cluster: it is wrong, it ran out, or it was deleted; {advice}");
    }

    private BootstrapToken? Good(JoinCredential credential)
        => Find(credential) is { Authenticates: true } found && !found.HasExpired(time.GetUtcNow()) ? found : null;

    private BootstrapToken? Find(JoinCredential credential)
    {
        if (!BootstrapToken.IsId(credential.User)
            || findSecret(BootstrapToken.KeyOf(credential.User)) is not { Metadata.DeletionTimestamp: null } secret)
        {
            return null;
        }

        return BootstrapToken.Of(secret) is { } found && Matches(credential.Secret, Hash(found.Secret)) ? found : null;
    }

    private static UserInfo UserOf(BootstrapToken token)
        => new(BootstrapToken.UserPrefix + token.Id, [BootstrapToken.Group, .. token.ExtraGroups, UserInfo.Authenticated]);

    private static UserInfo Joining(string name)
        => new(BootstrapToken.UserPrefix + name, [BootstrapToken.Group, UserInfo.Authenticated]);

    private static bool Matches(string secret, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static ApiException Unauthorized(string why) => new(StatusReason.Unauthorized, why);
}
