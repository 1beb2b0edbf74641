using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace MiniKube.ApiServer;

/// <summary>
/// The key that signs service accounts' tokens, made on the first start, and those that signed before it: ECDSA P-256, algorithm
/// ES256. To replace it, rename <c>service-account.key</c> to <c>service-account-previous.key</c> and restart: tokens of the old
/// one are good until they expire. Immutable.
/// </summary>
internal sealed class ServiceAccountKeys
{
    private const string KeyFile = "service-account.key";
    private const string PreviousFile = "service-account-previous.key";

    private ServiceAccountKeys(ImmutableArray<ECDsaSecurityKey> keys)
    {
        Keys = keys;
        Signing = new SigningCredentials(keys[0], SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>What tokens may be signed with; the first one signs new ones.</summary>
    public ImmutableArray<ECDsaSecurityKey> Keys { get; }

    /// <summary>Signs new tokens.</summary>
    public SigningCredentials Signing { get; }

    /// <summary>Reads the keys; makes the first one when there is none.</summary>
    /// <exception cref="PkiException">A file is damaged.</exception>
    public static ServiceAccountKeys Open(PkiFiles files)
    {
        if (string.IsNullOrWhiteSpace(files.ReadText(KeyFile)))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            files.WriteText(KeyFile, $"{made.ExportPkcs8PrivateKeyPem()}\n");
        }

        return new ServiceAccountKeys([.. new[] { KeyFile, PreviousFile }
            .Where(file => files.ReadText(file) is not null)
            .Select(file => Read(files, file))]);
    }

    /// <summary>The public halves as a JSON Web Key Set (RFC 7517).</summary>
    public byte[] KeySet()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys"u8);
            foreach (var key in Keys)
            {
                var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
                writer.WriteStartObject();
                writer.WriteString("use"u8, "sig"u8);
                writer.WriteString("kty"u8, "EC"u8);
                writer.WriteString("kid"u8, key.KeyId);
                writer.WriteString("crv"u8, "P-256"u8);
                writer.WriteString("alg"u8, SecurityAlgorithms.EcdsaSha256);
                writer.WriteString("x"u8, Base64UrlEncoder.Encode(point.X));
                writer.WriteString("y"u8, Base64UrlEncoder.Encode(point.Y));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static ECDsaSecurityKey Read(PkiFiles files, string name)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(files.ReadText(name));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new PkiException(
                $"{Path.Combine(files.Directory, name)} cannot be used: {failure.Message} Restore it from a backup, or remove it: then "
                + "every token it signed is void", failure);
        }

        var id = Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        return new ECDsaSecurityKey(key) { KeyId = id };
    }
}
