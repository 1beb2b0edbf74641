using System.Globalization;
using System.Text;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// The last logs of finished pods, kept as files once the pod's sandbox and its address are given back, until the pod is deleted.
/// Each line carries its time.
/// </summary>
internal sealed class LogArchive(IContainerRuntime runtime, string dataDirectory)
{
    /// <summary>Saves the log of each container's newest instance.</summary>
    public async Task SaveAsync(PodView view, CancellationToken cancellationToken)
    {
        var directory = new PodDirectory(dataDirectory, view.Pod.Metadata.Uid);
        Directory.CreateDirectory(directory.Logs);
        foreach (var container in view.Containers)
        {
            if (container.Current is { } instance && !FailedStart.Is(instance))
            {
                await SaveAsync(instance.Id, directory.Log(container.Name), cancellationToken);
            }
        }
    }

    /// <summary>Writes what was saved of a container. False when nothing was.</summary>
    public async Task<bool> CopyAsync(
        string podUid, string containerName, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        var path = new PodDirectory(dataDirectory, podUid).Log(containerName);
        if (!File.Exists(path))
        {
            return false;
        }

        var lines = (await File.ReadAllLinesAsync(path, cancellationToken)).Where(line => IsSince(line, query.Since)).ToList();
        var left = query.LimitBytes ?? long.MaxValue;
        foreach (var line in lines.Skip(Skipped(lines.Count, query.TailLines)))
        {
            var bytes = Encoding.UTF8.GetBytes((query.Timestamps ? line : TextOf(line)) + "\n");
            var count = (int)Math.Min(left, bytes.Length);
            await destination.WriteAsync(bytes.AsMemory(0, count), cancellationToken);
            left -= count;
        }

        return true;
    }

    private async Task SaveAsync(string containerId, string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        try
        {
            await runtime.CopyLogsAsync(containerId, new LogQuery { Timestamps = true }, file, cancellationToken);
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            // Somebody has removed the container behind our back: there is no log to keep.
        }
    }

    private static int Skipped(int count, long? tail) => tail is { } wanted ? (int)Math.Max(0, count - wanted) : 0;

    private static string TextOf(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static bool IsSince(string line, DateTimeOffset? since)
    {
        var time = line.AsSpan(0, Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal)));
        return since is null
            || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var written)
            || written >= since;
    }
}
