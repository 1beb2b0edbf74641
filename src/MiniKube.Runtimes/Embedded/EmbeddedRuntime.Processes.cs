using System.Net.Sockets;

namespace MiniKube.Runtimes;

/// <summary>Processes and connections inside what runs.</summary>
public sealed partial class EmbeddedRuntime
{
    /// <inheritdoc/>
    public async Task<IRuntimeProcess> ExecAsync(
        string containerId, ProcessSpec process, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(process);
        var (sandbox, container) = await FindRunningAsync(containerId, cancellationToken);
        var connection = await sandbox.ConnectAsync(cancellationToken);
        try
        {
            var start = new ExecStart(container.Record.Key, process.Command, process.Stdin, process.Tty);
            await connection.AskAsync(FrameKind.Exec, start.Write, cancellationToken);
            return new ExecProcess(connection, process.Stdin, !process.Tty);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IRuntimeProcess> AttachAsync(
        string containerId, AttachSpec attach, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attach);
        var (sandbox, container) = await FindRunningAsync(containerId, cancellationToken);
        var connection = await sandbox.ConnectAsync(cancellationToken);
        try
        {
            var start = new AttachStart(container.Record.Key, attach.Stdin, attach.Stdout, attach.Stderr);
            var hasTerminal = (await connection.AskAsync(FrameKind.Attach, start.Write, cancellationToken)).ReadBoolean();
            return new ExecProcess(connection, attach.Stdin, attach.Stderr && !hasTerminal);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Socket> ConnectAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        var running = SandboxOf(sandboxId).Containers.Values.FirstOrDefault(static one => one.Running)
            ?? throw new RuntimeException(RuntimeError.NotFound, "the pod does not run");
        return await PodSocket.ConnectAsync($"/proc/{running.State!.Pid}/ns/net", port, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        var running = from sandbox in _sandboxes.Values
                      from container in sandbox.Containers.Values
                      where container.Running
                      select (Sandbox: sandbox.Record.Id, Container: container);
        var usages = new List<ContainerUsage>();
        foreach (var (sandbox, container) in running)
        {
            if (_cgroups.Value.UsageOf(sandbox, container.Record.Key) is { } usage)
            {
                usages.Add(usage.ToContainer(container.Id, _time.GetUtcNow()));
            }
        }

        return usages;
    }

    private async Task<(EmbeddedSandbox Sandbox, EmbeddedContainer Container)> FindRunningAsync(
        string containerId, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        return Find(containerId) is ({ } sandbox, { Running: true } container)
            ? (sandbox, container)
            : throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} does not run");
    }
}
