using System.Text;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// What a container left in its termination message file, or else, if it asks for that and failed, the end of its log.
/// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
/// </summary>
internal sealed class LastWords(PodWorkerContext context)
{
    // The kubelet's limits.
    private const int FileBytesMax = 4096;
    private const int LogLinesMax = 80;
    private const int LogBytesMax = 2048;

    /// <summary>Empty when there is nothing, or it cannot be read any more.</summary>
    public async Task<string> ReadAsync(
        V1Pod pod, PodContainer container, ContainerStatus ended, CancellationToken cancellationToken)
    {
        try
        {
            var directory = new PodDirectory(context.Options.DataDirectory, pod.Metadata.Uid);
            var left = ReadFile(directory.TerminationMessage(container.Name, ended.Attempt));
            var wantsLog = container.Spec.TerminationMessagePolicy == "FallbackToLogsOnError" && ended.ExitCode != 0;
            return left.Length == 0 && wantsLog ? await ReadLogAsync(ended.Id, cancellationToken) : left;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException or RuntimeException)
        {
            return $"Error on reading termination log: {lost.Message}";
        }
    }

    private static string ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var file = File.OpenRead(path);
        var buffer = new byte[FileBytesMax];
        var count = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private async Task<string> ReadLogAsync(string containerId, CancellationToken cancellationToken)
    {
        var log = new MemoryStream();
        await context.Runtime.CopyLogsAsync(containerId, new LogQuery { TailLines = LogLinesMax }, log, cancellationToken);
        var skipped = (int)Math.Max(0, log.Length - LogBytesMax);
        return Encoding.UTF8.GetString(log.GetBuffer(), skipped, (int)log.Length - skipped);
    }
}
