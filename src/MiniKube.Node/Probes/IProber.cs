using System.Net;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>What a probe found. <see cref="Passed"/> is null when it could not be carried out, which counts as nothing.</summary>
internal readonly record struct ProbeResult(bool? Passed, string Output)
{
    public static ProbeResult Success(string output = "") => new(true, output);

    public static ProbeResult Failure(string output) => new(false, output);

    public static ProbeResult Unknown(string output) => new(null, output);
}

/// <summary>What to probe: one action at one instance of a container.</summary>
internal sealed record ProbeTarget(V1Container Container, string ContainerId, IPAddress Address);

/// <summary>
/// Carries out one probe. Two ways: over the network and by exec for real containers; exec alone for simulated ones, which have
/// nothing that listens.
/// </summary>
internal interface IProber
{
    /// <summary>Probes once; the caller sets the time limit by the token.</summary>
    Task<ProbeResult> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken cancellationToken);
}
