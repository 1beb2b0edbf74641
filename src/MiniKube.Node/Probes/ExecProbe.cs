using System.Text;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Runs a command in the container; exit code 0 is success.</summary>
internal sealed class ExecProbe(IContainerRuntime runtime)
{
    // What an event shows of a command's output, as the kubelet limits it.
    private const int OutputBytesMax = 10 * 1024;

    public async Task<ProbeResult> ProbeAsync(V1ExecAction exec, ProbeTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var (code, output) = await RunAsync([.. exec.Command], target.ContainerId, cancellationToken);
            return code == 0 ? ProbeResult.Success(output) : ProbeResult.Failure(output);
        }
        catch (RuntimeException failure)
        {
            // The container ended meanwhile, or has no such command: the first is seen elsewhere, the second is a failure.
            return failure.Error == RuntimeError.CannotRun
                ? ProbeResult.Failure(failure.Message)
                : ProbeResult.Unknown($"rpc error: {failure.Message}");
        }
    }

    /// <summary>The exit code and the first part of what the command wrote.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> command, string containerId, CancellationToken cancellationToken)
    {
        await using var process = await runtime.ExecAsync(
            containerId, new ProcessSpec(command, Stdin: false, Tty: false), cancellationToken);
        var reads = await Task.WhenAll(
            ReadAsync(process.Stdout, cancellationToken), ReadAsync(process.Stderr, cancellationToken));
        var code = await process.WaitAsync(cancellationToken);
        return (code, string.Concat(reads));
    }

    /// <summary>Reads to the end, so that the command never blocks, and keeps the first part.</summary>
    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4 * 1024];
        var kept = new MemoryStream();
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            kept.Write(buffer, 0, (int)Math.Min(count, OutputBytesMax - kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
