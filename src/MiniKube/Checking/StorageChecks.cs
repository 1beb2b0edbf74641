namespace MiniKube;

/// <summary>The disk under the data directory.</summary>
internal sealed class StorageChecks(string dataDirectory, TimeProvider time)
{
    // The least that a store, its images and a few containers need.
    private const long BytesMin = 200_000_000;
    private const long BytesWanted = 2_000_000_000;

    public IEnumerable<MachineFinding> Run()
    {
        var below = Existing(dataDirectory);
        yield return Space(new DriveInfo(below).AvailableFreeSpace);
        yield return Flushes(below);
    }

    /// <summary>What so many free bytes mean.</summary>
    public static MachineFinding Space(long bytes) => bytes switch
    {
        < BytesMin => MachineFinding.Blocking("disk space", $"{bytes / 1_000_000} MB free",
            "the store refuses writes when the disk is full; free some, or choose another with --data-dir"),
        < BytesWanted => MachineFinding.Lack("disk space", $"{bytes / 1_000_000} MB free",
            "images of containers may not fit; free some, or choose another with --data-dir"),
        _ => MachineFinding.Ok("disk space", $"{bytes / 1_000_000_000} GB free"),
    };

    /// <summary>What this time for one flush means.</summary>
    public static MachineFinding FlushTime(TimeSpan median) => median.TotalMilliseconds > 20
        ? MachineFinding.Lack("fsync", $"{median.TotalMilliseconds:0.0} ms",
            "each write to the API waits that long (those that come together share one wait); put the data directory on a faster disk")
        : MachineFinding.Ok("fsync", $"{median.TotalMilliseconds:0.0} ms");

    private static string Existing(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path)!;
        }

        return path;
    }

    private MachineFinding Flushes(string directory)
    {
        const int tries = 11;
        var file = Path.Combine(directory, $".minikube-check-{Environment.ProcessId}");
        try
        {
            using var stream = DurableFile.Create(file);
            var times = new List<TimeSpan>();
            for (var one = 0; one < tries; one++)
            {
                var started = time.GetTimestamp();
                stream.Write(new byte[4_096]);
                stream.Flush(flushToDisk: true);
                times.Add(time.GetElapsedTime(started));
            }

            return FlushTime(times.Order().ElementAt(tries / 2));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return MachineFinding.Blocking("fsync", refused.Message, "nothing can be kept there; choose another with --data-dir");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
