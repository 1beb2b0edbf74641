namespace MiniKube.Runtimes;

/// <summary>
/// Reads a container's log files, oldest first, and goes on with the present one while the shim says that it grows. A file that
/// is rotated under the reader is read to its end through the open descriptor; the next one is then opened.
/// </summary>
internal sealed class ContainerLog(string containerDirectory, LogQuery query)
{
    private const int BufferBytes = 64 * 1024;

    private readonly string _path = Path.GetFullPath(Path.Combine(containerDirectory, SandboxFiles.Log));
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly MemoryStream _line = new();

    /// <summary>
    /// Writes what is asked for. <paramref name="waitForMore"/> completes when the log is another than the one given; without it
    /// the present content is all. False, and nothing is written, when no log is there, or one that has ended is being removed.
    /// </summary>
    public async Task<bool> CopyAsync(
        Stream destination, bool hasEnded, Func<LogState, Task<LogState>>? waitForMore, CancellationToken cancellationToken)
    {
        var writer = new LogWriter(query, destination);
        var files = OpenFiles();
        try
        {
            // The newest is the one without a number. Only while it grows can it be missing for a moment, to be met under its next name.
            if (files.Count == 0 || (hasEnded && files[^1].Name != _path))
            {
                return false;
            }

            SkipToTail(files);
            foreach (var file in files)
            {
                await CopyToEndAsync(file, writer, cancellationToken);
            }

            if (waitForMore is not null)
            {
                files[^1] = await FollowAsync(files[^1], writer, waitForMore, cancellationToken);
            }

            return true;
        }
        finally
        {
            files.ForEach(static file => file.Dispose());
        }
    }

    private async Task<FileStream> FollowAsync(
        FileStream file, LogWriter writer, Func<LogState, Task<LogState>> waitForMore, CancellationToken cancellationToken)
    {
        var known = await waitForMore(new LogState(-1, 0, false)); // Which rotation the open file is may be stale by one, see below.
        var ended = false;
        while (!writer.Full && !ended)
        {
            ended = known.Ended;
            await CopyToEndAsync(file, writer, cancellationToken);
            if (IsRotated(file))
            {
                // What came between the last read and the rotation; nothing will be added to it any more.
                await CopyToEndAsync(file, writer, cancellationToken);
                var next = OpenAfter(file);
                await file.DisposeAsync();
                file = next;
                ended = false; // The new file has not been read yet.
                continue;
            }

            if (!ended)
            {
                known = await waitForMore(known);
            }
        }

        return file;
    }

    private async Task CopyToEndAsync(FileStream file, LogWriter writer, CancellationToken cancellationToken)
    {
        int length;
        while (!writer.Full && (length = await file.ReadAsync(_buffer, cancellationToken)) > 0)
        {
            Take(_buffer.AsSpan(0, length), writer);
            await writer.FlushAsync(cancellationToken);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, LogWriter writer)
    {
        while (bytes.IndexOf((byte)'\n') is var newline and >= 0)
        {
            if (_line.Length == 0)
            {
                writer.Add(bytes[..newline]);
            }
            else
            {
                _line.Write(bytes[..newline]);
                writer.Add(_line.GetBuffer().AsSpan(0, (int)_line.Length));
                _line.SetLength(0);
            }

            bytes = bytes[(newline + 1)..];
        }

        _line.Write(bytes);
    }

    private void SkipToTail(List<FileStream> files)
    {
        if (query.TailLines is not { } missing)
        {
            return;
        }

        // With none missing an older file is still asked: its end may be the beginning of the first line.
        var found = false;
        for (var i = files.Count - 1; i >= 0; i--)
        {
            (files[i].Position, missing) = found ? (files[i].Length, 0) : LogTail.Find(files[i], files[i].Length, missing);
            found |= files[i].Position > 0;
        }
    }

    // Oldest first. Opened from the newest on: what is rotated meanwhile is met again under its next name, and nothing is missed.
    private List<FileStream> OpenFiles()
    {
        var files = new List<FileStream>();
        for (var number = 0; number < SandboxFiles.LogFilesMax; number++)
        {
            if (TryOpen(number) is not { } file)
            {
                continue;
            }

            if (files.Exists(known => AreSame(known, file)))
            {
                file.Dispose();
                continue;
            }

            files.Insert(0, file);
        }

        return files;
    }

    /// <summary>The file that was begun when this one was rotated; the oldest one when that is not there any more.</summary>
    private FileStream OpenAfter(FileStream file)
    {
        var files = OpenFiles();
        var next = files.FindIndex(known => AreSame(known, file)) + 1;
        var chosen = files[Math.Min(next, files.Count - 1)];
        files.ForEach(other =>
        {
            if (other != chosen)
            {
                other.Dispose();
            }
        });
        return chosen;
    }

    private FileStream? TryOpen(int number)
    {
        try
        {
            return Open(number == 0 ? _path : $"{_path}.{number}");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // Not that many were written yet, or it is being renamed: then it is met under its next name.
        }
    }

    private static bool AreSame(FileStream one, FileStream other)
        => FileIdentity.Of(one.SafeFileHandle) == FileIdentity.Of(other.SafeFileHandle);

    // The file under the name is another one than ours: compare what the kernel says both are. While it is being renamed there is none.
    private bool IsRotated(FileStream file)
    {
        var present = FileIdentity.Of(_path);
        return present != default && present != FileIdentity.Of(file.SafeFileHandle);
    }

    private static FileStream Open(string path)
        => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
