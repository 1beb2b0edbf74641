using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// What a container wants done right after its start and right before its stop.
/// https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
/// </summary>
internal sealed class LifecycleHooks(IContainerRuntime runtime, IProber prober, TimeProvider time)
{
    private readonly ExecProbe _exec = new(runtime);

    /// <summary>Runs the hook to its end. Returns what went wrong, or null.</summary>
    public async Task<string?> RunAsync(V1LifecycleHandler hook, ProbeTarget target, CancellationToken cancellationToken)
    {
        if (hook.Sleep is { } sleep)
        {
            await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), time, cancellationToken);
            return null;
        }

        if (hook.Exec is { } exec)
        {
            return await ExecAsync([.. exec.Command], target, cancellationToken);
        }

        var probe = new V1Probe { HttpGet = hook.HttpGet, TcpSocket = hook.TcpSocket };
        var result = await prober.ProbeAsync(probe, target, cancellationToken);
        return result.Passed == true ? null : result.Output;
    }

    private async Task<string?> ExecAsync(
        IReadOnlyList<string> command, ProbeTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var (code, output) = await _exec.RunAsync(command, target.ContainerId, cancellationToken);
            return code == 0
                ? null
                : $"command '{string.Join(' ', command)}' exited with {code}: {output}";
        }
        catch (RuntimeException failure)
        {
            return $"command '{string.Join(' ', command)}' could not run: {failure.Message}";
        }
    }
}
