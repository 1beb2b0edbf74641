using System.Globalization;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A JSON pointer, RFC 6901: the unescaped reference tokens.</summary>
internal static class JsonPointer
{
    /// <summary>The index token that means "behind the last element".</summary>
    public const string End = "-";

    /// <exception cref="ApiException">BadRequest: neither empty nor starting with a slash, or a bad escape.</exception>
    public static string[] Parse(string pointer)
    {
        if (pointer.Length == 0)
        {
            return [];
        }

        if (pointer[0] != '/')
        {
            throw new ApiException(StatusReason.BadRequest, $"json pointer \"{pointer}\" must start with /");
        }

        return [.. pointer[1..].Split('/').Select(token => Unescape(token, pointer))];
    }

    /// <summary>An array index without sign or leading zero, at most <paramref name="max"/>; null when it is none.</summary>
    public static int? Index(string token, int max)
    {
        var wellFormed = token.Length > 0 && (token.Length == 1 || token[0] != '0')
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!wellFormed)
        {
            return null;
        }

        var index = int.Parse(token, CultureInfo.InvariantCulture);
        return index <= max ? index : null;
    }

    private static string Unescape(string token, string pointer)
    {
        for (var at = token.IndexOf('~', StringComparison.Ordinal); at >= 0; at = token.IndexOf('~', at + 1))
        {
            if (at + 1 == token.Length || token[at + 1] is not ('0' or '1'))
            {
                throw new ApiException(StatusReason.BadRequest, $"json pointer \"{pointer}\" has a ~ that is neither ~0 nor ~1");
            }
        }

        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}
