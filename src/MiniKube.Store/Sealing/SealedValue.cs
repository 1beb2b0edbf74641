using System.Text;

namespace MiniKube.Store;

/// <summary>
/// The form of an encrypted value, that of Kubernetes' provider aesgcm: <c>k8s:enc:aesgcm:v1:KEY:</c> and what the key made of
/// it. JSON begins with a brace, so the two cannot be taken for each other.
/// </summary>
public static class SealedValue
{
    /// <summary>What a sealed value has more than its JSON at most: prefix, the id of a key, nonce and tag.</summary>
    internal const int OverheadMax = 128;

    private const int KeyIdBytesMax = 64;

    private static ReadOnlySpan<byte> Prefix => "k8s:enc:aesgcm:v1:"u8;

    /// <summary>The bytes before the encrypted ones.</summary>
    public static byte[] Head(string keyId) => [.. Prefix, .. Encoding.ASCII.GetBytes(keyId), (byte)':'];

    /// <summary>False when the value is not sealed; else which key opens it, and where its content starts.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out string keyId, out int contentAt)
    {
        keyId = "";
        contentAt = 0;
        if (!value.StartsWith(Prefix))
        {
            return false;
        }

        var end = value[Prefix.Length..].IndexOf((byte)':');
        if (end is < 1 or > KeyIdBytesMax)
        {
            return false;
        }

        keyId = Encoding.ASCII.GetString(value.Slice(Prefix.Length, end));
        contentAt = Prefix.Length + end + 1;
        return true;
    }
}
