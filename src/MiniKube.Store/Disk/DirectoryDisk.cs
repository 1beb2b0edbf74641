using System.Globalization;

namespace MiniKube.Store;

/// <summary>A directory of the operating system.</summary>
internal sealed class DirectoryDisk : IDisk
{
    private const string LockName = "lock";

    // Beside the lock, because on Unix nobody else can open a file that is held with FileShare.None.
    private const string OwnerName = "owner.pid";

    // Secrets are in there.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;

    public DirectoryDisk(string path)
    {
        _path = Path.GetFullPath(path);
        MakePrivate(_path);
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    public IReadOnlyList<string> List()
        => [.. Directory.EnumerateFiles(_path).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public long LengthOf(string name) => new FileInfo(PathOf(name)) is { Exists: true } file ? file.Length : 0;

    public IDiskFile Create(string name)
        => new DirectoryFile(File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));

    public IDiskFile Open(string name)
        => new DirectoryFile(File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void SyncDirectory() => DirectorySync.Sync(_path);

    public IDisposable Lock()
    {
        var held = OpenLock();
        try
        {
            File.WriteAllText(PathOf(OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void MakePrivate(string path)
    {
        if (Directory.Exists(path))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }

            return;
        }

        // The directory's own name must survive a crash too, and that of each one above it made on the way.
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
        {
            MakePrivate(parent);
        }

        Directory.CreateDirectory(path);
        MakePrivate(path);
        DirectorySync.Sync(parent);
    }

    private FileStream OpenLock()
    {
        try
        {
            return new FileStream(PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(PathOf(OwnerName)))
        {
            var owner = File.ReadAllText(PathOf(OwnerName)).Trim();
            throw new StoreException(
                $"{_path} is in use by process {owner}; stop it or choose another data directory", error);
        }
    }
}
