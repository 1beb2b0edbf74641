namespace MiniKube;

/// <summary>The files in which a machine tells of itself, below a directory: <c>/</c>, or another one in tests.</summary>
internal sealed class MachineRoot(string root)
{
    public string PathOf(string name) => Path.Combine(root, name);

    public bool Has(string name) => Path.Exists(PathOf(name));

    /// <summary>The trimmed text of a file; null when there is none, or it may not be read.</summary>
    public string? Find(string name)
    {
        try
        {
            return File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)).Trim() : null;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The lines of a file; none when there is no such file.</summary>
    public IEnumerable<string> Lines(string name) => Find(name)?.Split('\n') ?? [];

    /// <summary>The number in a file; null when there is none.</summary>
    public long? Number(string name) => long.TryParse(Find(name), out var number) ? number : null;
}
