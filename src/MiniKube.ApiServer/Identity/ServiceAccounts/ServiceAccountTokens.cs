using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using k8s.Models;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Issues and checks the tokens of service accounts: JSON Web Tokens (RFC 7519) with Kubernetes' private claims. A token is good
/// while its account, and the pod, node or secret it is bound to, are there with the same uid. Checked signatures are remembered;
/// whether the objects are still there is looked up each time. Thread-safe.
/// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
/// </summary>
internal sealed class ServiceAccountTokens(ServiceAccountKeys keys, string issuer, UidLookup uids, TimeProvider time)
{
    private const string PrivateClaim = "kubernetes.io";
    private const string UserPrefix = "system:serviceaccount:";
    private const string AccountsGroup = "system:serviceaccounts";
    private const int RememberedMax = 4_096;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);

    /// <summary>Who signs, and whom tokens are for unless they say so.</summary>
    public string Issuer => issuer;

    /// <summary>The name of the user that an account is.</summary>
    public static string UserName(string space, string account) => $"{UserPrefix}{space}:{account}";

    /// <summary>A signed token. Times have whole seconds. Only one that is bound to a secret may last for ever (null).</summary>
    public string Issue(TokenClaims claims, IReadOnlyCollection<string> audiences, DateTimeOffset? expires)
    {
        var now = time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires?.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Aud] = audiences.ToArray(),
                [JwtRegisteredClaimNames.Sub] = UserName(claims.Namespace, claims.Account.Name),
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString(),
                [PrivateClaim] = Private(claims),
            },
            SigningCredentials = keys.Signing,
        });
    }

    /// <summary>
    /// The user a token is, when it is good now for one of the audiences (by default this server); null when not. Costs a hash
    /// and a few lookups for a token that was seen before.
    /// </summary>
    public UserInfo? Find(string token, IReadOnlyCollection<string>? audiences = null)
    {
        if (Check(token) is not { } known || known.Expires <= time.GetUtcNow())
        {
            return null;
        }

        var wanted = audiences is { Count: > 0 } ? audiences : [issuer];
        return known.Audiences.Intersect(wanted).Any() && IsAlive(known.Claims) ? known.User : null;
    }

    /// <summary>Which of the audiences a good token is for.</summary>
    public IReadOnlyList<string> AudiencesOf(string token, IReadOnlyCollection<string> wanted)
        => Check(token) is { } known ? [.. known.Audiences.Intersect(wanted)] : [];

    private Remembered? Check(string token)
    {
        // No token is kept in memory, only its hash.
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_remembered.TryGetValue(hash, out var known))
        {
            return known;
        }

        if (!_handler.CanReadToken(token) || Read(token) is not { } read)
        {
            return null;
        }

        if (_remembered.Count >= RememberedMax)
        {
            _remembered.Clear();
        }

        return _remembered[hash] = read;
    }

    private Remembered? Read(string token)
    {
        var result = _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidateAudience = false,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys.Keys,
            // The clock is ours to ask, and the end asked at every use.
            LifetimeValidator = (notBefore, _, _, _) => notBefore <= time.GetUtcNow().UtcDateTime,
            RequireExpirationTime = false,
        }).GetAwaiter().GetResult();
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || Claims(jwt) is not { } claims)
        {
            return null;
        }

        var isEndless = jwt.ValidTo == DateTime.MinValue;
        return isEndless && claims.Secret is null
            ? null
            : new Remembered(
                UserOf(claims, jwt.Id),
                claims,
                [.. jwt.Audiences],
                isEndless ? DateTimeOffset.MaxValue : new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero));
    }

    private static TokenClaims? Claims(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<JsonElement>(PrivateClaim, out var claim)
            || claim.ValueKind != JsonValueKind.Object
            || !claim.TryGetProperty("namespace", out var space)
            || Bound(claim, "serviceaccount") is not { } account)
        {
            return null;
        }

        return new TokenClaims(space.GetString() ?? "", account)
        {
            Pod = Bound(claim, "pod"),
            Node = Bound(claim, "node"),
            Secret = Bound(claim, "secret"),
        };
    }

    private static BoundObject? Bound(JsonElement claim, string name)
        => claim.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object
            && found.TryGetProperty("name", out var called) && found.TryGetProperty("uid", out var uid)
            ? new BoundObject(called.GetString() ?? "", uid.GetString() ?? "")
            : null;

    private static Dictionary<string, object> Private(TokenClaims claims)
    {
        var all = new Dictionary<string, object> { ["namespace"] = claims.Namespace };
        foreach (var (name, bound) in new[]
        {
            ("node", claims.Node), ("pod", claims.Pod), ("secret", claims.Secret), ("serviceaccount", claims.Account),
        })
        {
            if (bound is { } one)
            {
                all[name] = new Dictionary<string, object> { ["name"] = one.Name, ["uid"] = one.Uid };
            }
        }

        if (claims.WarnAfter is { } time)
        {
            all["warnafter"] = time.ToUnixTimeSeconds();
        }

        return all;
    }

    private static UserInfo UserOf(TokenClaims claims, string id)
    {
        var extra = ImmutableDictionary<string, ImmutableArray<string>>.Empty
            .Add("authentication.kubernetes.io/credential-id", [$"JTI={id}"]);
        extra = claims.Pod is { } pod
            ? extra.Add("authentication.kubernetes.io/pod-name", [pod.Name]).Add("authentication.kubernetes.io/pod-uid", [pod.Uid])
            : extra;
        extra = claims.Node is { } node
            ? extra.Add("authentication.kubernetes.io/node-name", [node.Name]).Add("authentication.kubernetes.io/node-uid", [node.Uid])
            : extra;
        return new UserInfo(
            UserName(claims.Namespace, claims.Account.Name),
            [AccountsGroup, $"{AccountsGroup}:{claims.Namespace}", UserInfo.Authenticated])
        {
            Uid = claims.Account.Uid,
            Extra = extra,
        };
    }

    private bool IsAlive(TokenClaims claims)
        => Has(typeof(V1ServiceAccount), claims.Namespace, claims.Account)
            && (claims.Pod is not { } pod || Has(typeof(V1Pod), claims.Namespace, pod))
            && (claims.Secret is not { } secret || Has(typeof(V1Secret), claims.Namespace, secret))
            && (claims.Node is not { } node || claims.Pod is not null || Has(typeof(V1Node), "", node));

    private bool Has(Type kind, string space, BoundObject bound) => uids(kind, new ObjectKey(space, bound.Name)) == bound.Uid;

    private sealed record Remembered(
        UserInfo User, TokenClaims Claims, ImmutableArray<string> Audiences, DateTimeOffset Expires);
}
