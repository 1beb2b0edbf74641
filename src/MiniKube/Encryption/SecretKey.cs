using System.Security.Cryptography;

namespace MiniKube;

/// <summary>One key of <see cref="SecretKeyFile"/>: 256 bits. Its id is derived from it, so a wrong one is recognised.</summary>
internal sealed record SecretKey(string Id, byte[] Secret, DateTimeOffset Created)
{
    public const int SecretBytes = 32;

    private const int IdCharacters = 16;

    public bool IsWhole => Secret.Length == SecretBytes && Id == IdOf(Secret);

    public static SecretKey Make(DateTimeOffset now)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return new SecretKey(IdOf(secret), secret, now);
    }

    private static string IdOf(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret))[..IdCharacters];
}
