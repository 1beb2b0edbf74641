using System.Text;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Fills Secrets of type <c>kubernetes.io/service-account-token</c> with a token that lasts as long as the Secret and its account;
/// the account owns the Secret, so they go together.
/// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#additional-api-token-secrets
/// </summary>
internal sealed class TokenSecretAdmission(Func<IdentityParts> identities) : IAdmission
{
    private const string Type = "kubernetes.io/service-account-token";
    private const string AccountAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";

    public string Name => "ServiceAccountTokenSecret";

    public bool MayChange(ResourceDefinition definition) => definition is SecretResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create or Verb.Update, Object: V1Secret { Type: Type } secret }
            && secret.Data?.ContainsKey("token") != true
            && secret.Metadata.Annotations?.TryGetValue(AccountAnnotation, out var account) == true)
        {
            Fill(secret, account, request);
        }

        return ValueTask.CompletedTask;
    }

    private void Fill(V1Secret secret, string name, AdmissionRequest request)
    {
        var key = new ObjectKey(request.Key.Namespace, name);
        var account = request.Objects.Find<V1ServiceAccount>(key)
            ?? throw ApiException.Forbidden(Gvr.Core("v1", "secrets"), request.Key.Name,
                $"its annotation {AccountAnnotation} names service account {key}, which does not exist: create that first");
        var parts = identities();
        var claims = new TokenClaims(key.Namespace, new BoundObject(name, account.Metadata.Uid))
        {
            Secret = new BoundObject(request.Key.Name, secret.Metadata.Uid),
        };
        var data = new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>())
        {
            ["token"] = Encoding.ASCII.GetBytes(parts.Tokens.Issue(claims, [parts.Tokens.Issuer], expires: null)),
            ["namespace"] = Encoding.UTF8.GetBytes(key.Namespace),
        };
        data.TryAdd("ca.crt", Encoding.ASCII.GetBytes(parts.AuthoritiesPem()));
        secret.Data = data;
        secret.Metadata.Annotations[UidAnnotation] = account.Metadata.Uid;
        if (secret.Metadata.OwnerReferences?.Any(owner => owner.Uid == account.Metadata.Uid) != true)
        {
            secret.Metadata.OwnerReferences =
            [
                .. secret.Metadata.OwnerReferences ?? [],
                new V1OwnerReference { ApiVersion = "v1", Kind = "ServiceAccount", Name = name, Uid = account.Metadata.Uid },
            ];
        }
    }
}
