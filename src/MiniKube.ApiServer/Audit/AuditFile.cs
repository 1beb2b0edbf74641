using System.Globalization;

namespace MiniKube.ApiServer;

/// <summary>
/// The log's file: appended to, renamed with the time when it is full, old ones deleted. Only its owner may read it. Not thread-safe.
/// </summary>
internal sealed class AuditFile(AuditOptions options, TimeProvider time) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string TimeFormat = "yyyy-MM-dd'T'HH-mm-ss.fff";

    private readonly long _bytesMax = options.SizeMaxMebibytes == 0 ? long.MaxValue : options.SizeMaxMebibytes * 1024L * 1024L;
    private Stream? _open;
    private long _length;

    /// <summary>Hands lines to the operating system.</summary>
    /// <exception cref="IOException">They are not all in the file; the next call opens it anew.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            if (_open is not null && _length + lines.Length > _bytesMax)
            {
                Rotate();
            }

            _open ??= Open();
            _open.Write(lines);
            _open.Flush();
            _length += lines.Length;
        }
        catch
        {
            _open?.Dispose();
            _open = null;
            throw;
        }
    }

    public void Dispose() => _open?.Dispose();

    private Stream Open()
    {
        if (options.LogPath == "-")
        {
            return Console.OpenStandardOutput();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.LogPath))!);
        var file = new FileStream(options.LogPath, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            UnixCreateMode = OwnerOnly,
            BufferSize = 0,
        });
        _length = file.Length;
        return file;
    }

    private void Rotate()
    {
        _open!.Dispose();
        _open = null;
        if (options.LogPath == "-")
        {
            return;
        }

        var (directory, name, ending) = Parts();
        var stamp = time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
        File.Move(options.LogPath, Path.Combine(directory, $"{name}-{stamp}{ending}"), overwrite: true);
        DeleteOld(directory, name, ending);
    }

    private void DeleteOld(string directory, string name, string ending)
    {
        var oldest = options.AgeMaxDays == 0 ? DateTimeOffset.MinValue : time.GetUtcNow().AddDays(-options.AgeMaxDays);
        var backups = Directory.EnumerateFiles(directory, $"{name}-*{ending}")
            .Select(path => (Path: path, Time: TimeOf(Path.GetFileName(path), name, ending)))
            .Where(static one => one.Time is not null)
            .OrderByDescending(static one => one.Time)
            .ToArray();
        for (var at = 0; at < backups.Length; at++)
        {
            if (backups[at].Time < oldest || (options.BackupsMax > 0 && at >= options.BackupsMax))
            {
                File.Delete(backups[at].Path);
            }
        }
    }

    private static DateTimeOffset? TimeOf(string file, string name, string ending)
        => DateTimeOffset.TryParseExact(
            file[(name.Length + 1)..^ending.Length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private (string Directory, string Name, string Ending) Parts()
    {
        var full = Path.GetFullPath(options.LogPath);
        return (Path.GetDirectoryName(full)!, Path.GetFileNameWithoutExtension(full), Path.GetExtension(full));
    }
}
