using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Where a paged list goes on: its revision and the last key it gave out. Clients pass it back unread. The text is
/// <c>revision:namespace/name</c> in URL-safe base64; names cannot contain a slash.
/// </summary>
internal readonly record struct ContinueToken(Revision Revision, ObjectKey Last)
{
    // A namespace and a name are at most 63 and 253 characters.
    private const int TextLengthMax = 1_024;

    public static bool TryParse(string text, out ContinueToken token)
    {
        token = default;
        if (text.Length > TextLengthMax || Decode(text) is not { } plain)
        {
            return false;
        }

        var colon = plain.IndexOf(':', StringComparison.Ordinal);
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (colon < 1 || slash < colon || !Revision.TryParse(plain.AsSpan(0, colon), out var revision))
        {
            return false;
        }

        token = new ContinueToken(revision, new ObjectKey(plain[(colon + 1)..slash], plain[(slash + 1)..]));
        return revision > Revision.Zero && token.Last.Name.Length > 0;
    }

    public override string ToString()
        => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Revision.Value}:{Last.Namespace}/{Last.Name}")));

    private static string? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }
}
