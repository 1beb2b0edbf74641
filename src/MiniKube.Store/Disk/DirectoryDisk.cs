using System.Globalization;

namespace MiniKube.Store;

/// <summary>A directory of the operating system.</summary>
internal sealed class DirectoryDisk : IDisk
{
    private const string LockName = "lock";

    // Beside the lock, because on Unix nobody else can open a file that is held with FileShare.None.
    private const string OwnerName = "owner.pid";

    private readonly string _path;

    public DirectoryDisk(string path)
    {
        _path = Path.GetFullPath(path);
        Directory.CreateDirectory(_path);
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    public IReadOnlyList<string> List()
        => [.. Directory.EnumerateFiles(_path).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public IDiskFile Create(string name)
        => new DirectoryFile(File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));

    public IDiskFile Open(string name)
        => new DirectoryFile(File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void SyncDirectory() => DirectorySync.Sync(_path);

    public IDisposable Lock()
    {
        try
        {
            var held = new FileStream(PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PathOf(OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException error) when (File.Exists(PathOf(OwnerName)))
        {
            var owner = File.ReadAllText(PathOf(OwnerName)).Trim();
            throw new StoreException(
                $"{_path} is in use by process {owner}; stop it or choose another data directory", error);
        }
    }
}
