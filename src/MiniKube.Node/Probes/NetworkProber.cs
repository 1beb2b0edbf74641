using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Probes real containers: exec through the runtime, everything else over the network.</summary>
internal sealed class NetworkProber(IContainerRuntime runtime, HttpProbe http) : IProber
{
    private readonly ExecProbe _exec = new(runtime);

    public Task<ProbeResult> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken cancellationToken)
    {
        if (probe.Exec is { } exec)
        {
            return _exec.ProbeAsync(exec, target, cancellationToken);
        }

        if (probe.HttpGet is { } get)
        {
            return http.ProbeAsync(get, target, cancellationToken);
        }

        if (probe.TcpSocket is { } socket)
        {
            return TcpProbe.ProbeAsync(socket, target, cancellationToken);
        }

        return probe.Grpc is { } grpc
            ? http.ProbeGrpcAsync(grpc, target, cancellationToken)
            : Task.FromResult(ProbeResult.Unknown("missing probe handler"));
    }
}

/// <summary>Simulated containers answer exec; nothing of them listens, so what asks over the network takes them for healthy.</summary>
internal sealed class SimulatedProber(IContainerRuntime runtime) : IProber
{
    private readonly ExecProbe _exec = new(runtime);

    public Task<ProbeResult> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken cancellationToken)
        => probe.Exec is { } exec
            ? _exec.ProbeAsync(exec, target, cancellationToken)
            : Task.FromResult(ProbeResult.Success());
}
