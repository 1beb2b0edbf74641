namespace MiniKube.Node;

/// <summary>The tag of an image's name.</summary>
internal static class ImageTag
{
    /// <summary>True for <c>:latest</c> and for a name with neither tag nor digest, which means the same.</summary>
    public static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
        {
            return false;
        }

        // A colon before the last slash belongs to the registry's port.
        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] == "latest";
    }
}
