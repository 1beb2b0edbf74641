using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MiniKube;

/// <summary>
/// Bytes that only a passphrase opens. A head of 36 bytes: magic (8), iterations (4, little-endian), salt (16), nonce prefix (8);
/// then pieces of up to 64 KiB, each followed by its tag of 16 bytes. The key is PBKDF2 with HMAC-SHA-256 of the passphrase; each
/// piece is AES-256-GCM under the nonce "prefix, number of the piece", with the head and one byte "is the last" as associated
/// data: pieces cannot be swapped, dropped or cut off unnoticed. NIST SP 800-38D, RFC 8018.
/// </summary>
internal static class SealedBytes
{
    // OWASP's figure for PBKDF2 with HMAC-SHA-256. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    private const int Iterations = 600_000;

    // What a file may ask for: some seconds. More is damage, or somebody who wants us to be busy.
    private const int IterationsMax = 10_000_000;

    private const int SaltAt = 12;
    private const int SaltBytes = 16;
    private const int PrefixAt = SaltAt + SaltBytes;
    private const int PrefixBytes = 8;
    private const int HeadBytes = PrefixAt + PrefixBytes;
    private const int PieceBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int KeyBytes = 32;

    private static ReadOnlySpan<byte> Magic => "MKSEAL1\n"u8;

    public static byte[] Seal(ReadOnlySpan<byte> plain, string passphrase)
    {
        var pieces = Math.Max(1, (plain.Length + PieceBytes - 1) / PieceBytes);
        var result = new byte[HeadBytes + plain.Length + (pieces * TagBytes)];
        var head = result.AsSpan(0, HeadBytes);
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], Iterations);
        RandomNumberGenerator.Fill(head[SaltAt..]);
        using var cipher = CipherOf(head, passphrase);
        var output = result.AsSpan(HeadBytes);
        for (var number = 0; number < pieces; number++)
        {
            var piece = plain[(number * PieceBytes)..Math.Min(plain.Length, (number + 1) * PieceBytes)];
            cipher.Encrypt(
                Nonce(head, number),
                piece,
                output[..piece.Length],
                output.Slice(piece.Length, TagBytes),
                About(head, number == pieces - 1));
            output = output[(piece.Length + TagBytes)..];
        }

        return result;
    }

    /// <summary>The bytes, or null when the passphrase is another one or they were changed: nobody can tell which.</summary>
    /// <exception cref="InvalidDataException">It was never sealed by this, or not by this version.</exception>
    public static byte[]? TryOpen(ReadOnlySpan<byte> sealedBytes, string passphrase)
    {
        if (sealedBytes.Length < HeadBytes + TagBytes
            || !sealedBytes.StartsWith(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(sealedBytes[8..]) is < 1 or > IterationsMax)
        {
            throw new InvalidDataException("the encrypted part has no head that this version knows");
        }

        var head = sealedBytes[..HeadBytes];
        var rest = sealedBytes[HeadBytes..];
        var pieces = (rest.Length + PieceBytes + TagBytes - 1) / (PieceBytes + TagBytes);
        var plain = new byte[Math.Max(0, rest.Length - (pieces * TagBytes))];
        using var cipher = CipherOf(head, passphrase);
        return TryDecrypt(cipher, head, rest, pieces, plain) ? plain : null;
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, int pieces, Span<byte> plain)
    {
        for (var number = 0; number < pieces; number++)
        {
            var length = Math.Min(rest.Length - TagBytes, PieceBytes);
            if (length < 0)
            {
                return false; // The last piece lacks a part of its tag.
            }

            try
            {
                cipher.Decrypt(
                    Nonce(head, number), rest[..length], rest.Slice(length, TagBytes), plain[..length], About(head, number == pieces - 1));
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }

            rest = rest[(length + TagBytes)..];
            plain = plain[length..];
        }

        return true;
    }

    private static AesGcm CipherOf(ReadOnlySpan<byte> head, string passphrase)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Rfc2898DeriveBytes.Pbkdf2(
            passphrase,
            head.Slice(SaltAt, SaltBytes),
            key,
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]),
            HashAlgorithmName.SHA256);
        return new AesGcm(key, TagBytes);
    }

    private static byte[] Nonce(ReadOnlySpan<byte> head, int number)
    {
        var nonce = new byte[NonceBytes];
        head[PrefixAt..].CopyTo(nonce);
        BinaryPrimitives.WriteInt32LittleEndian(nonce.AsSpan(PrefixBytes), number);
        return nonce;
    }

    private static byte[] About(ReadOnlySpan<byte> head, bool isLast) => [.. head, isLast ? (byte)1 : (byte)0];
}
