using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace MiniKube.ApiServer;

/// <summary>
/// What others need to check service accounts' tokens themselves (OpenID Connect Discovery 1.0).
/// https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
/// </summary>
internal sealed class IssuerDocuments(ServiceAccountKeys keys, string issuer, Func<Uri> server)
{
    public const string ConfigurationPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/openid/v1/jwks";

    public byte[] KeySet { get; } = keys.KeySet();

    public byte[] Configuration() => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["issuer"] = issuer,
        ["jwks_uri"] = new Uri(server(), KeysPath).AbsoluteUri,
        ["response_types_supported"] = new[] { "id_token" },
        ["subject_types_supported"] = new[] { "public" },
        ["id_token_signing_alg_values_supported"] = new[] { SecurityAlgorithms.EcdsaSha256 },
    });
}
