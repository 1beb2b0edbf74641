using System.Text;

namespace MiniKube;

/// <summary>Files that only the owner may read, at any moment; written whole or not at all, and there after a crash.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, string content)
    {
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The file's text without white space around it, or null when it is not there.</summary>
    public static string? Find(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
