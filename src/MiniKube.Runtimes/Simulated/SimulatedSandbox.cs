using System.Net;

namespace MiniKube.Runtimes;

/// <summary>A sandbox that is only a record.</summary>
internal sealed class SimulatedSandbox(SandboxSpec spec, IPAddress? address, DateTimeOffset created)
{
    public SandboxSpec Spec { get; } = spec;

    public IPAddress? Address { get; } = address;

    public SandboxStatus Status { get; private set; } = new()
    {
        Id = spec.Id,
        Pod = spec.Pod,
        Ip = address,
        Ready = true,
        Created = created,
    };

    public void Die() => Status = Status with { Ready = false };
}
