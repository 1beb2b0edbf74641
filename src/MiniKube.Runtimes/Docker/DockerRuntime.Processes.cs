using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

public sealed partial class DockerRuntime
{
    /// <inheritdoc />
    public async Task<IRuntimeProcess> ExecAsync(string containerId, ProcessSpec process, CancellationToken cancellationToken)
    {
        _events.Start();
        var created = await DockerErrors.TranslateAsync(_client.Exec.ExecCreateContainerAsync(
            containerId,
            new ContainerExecCreateParameters
            {
                Cmd = [.. process.Command],
                AttachStdin = process.Stdin,
                AttachStdout = true,
                AttachStderr = !process.Tty,
                Tty = process.Tty,
            },
            cancellationToken));
        _ = _events.ExecutionAsync(created.ID); // Asked for before the start, so that a quick end is not missed.
        var stream = await DockerErrors.TranslateAsync(
            _client.Exec.StartAndAttachContainerExecAsync(created.ID, process.Tty, cancellationToken));
        return new DockerProcess(_client, _events, _time, created.ID, process, stream);
    }

    /// <inheritdoc />
    public async Task<IRuntimeProcess> AttachAsync(string containerId, AttachSpec attach, CancellationToken cancellationToken)
    {
        var container = await DockerErrors.TranslateAsync(_client.Containers.InspectContainerAsync(containerId, cancellationToken));
        if (!container.State.Running)
        {
            throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} does not run");
        }

        var parameters = new ContainerAttachParameters
        {
            Stream = true,
            Stdin = attach.Stdin,
            Stdout = attach.Stdout,
            Stderr = attach.Stderr && !container.Config.Tty,
        };
        var connection = await DockerErrors.TranslateAsync(
            _client.Containers.AttachContainerAsync(containerId, container.Config.Tty, parameters, cancellationToken));
        return new DockerAttachment(
            _client, containerId, container.Config.Tty, new DockerStreams(connection, attach.Stdin, parameters.Stderr == true));
    }

    /// <inheritdoc />
    public async Task<Socket> ConnectAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        if (await FindSandboxAsync(sandboxId, cancellationToken) is not { Status.Ready: true } sandbox)
        {
            throw new RuntimeException(RuntimeError.NotFound, "the pod does not run");
        }

        var owner = await DockerErrors.TranslateAsync(_client.Containers.InspectContainerAsync(sandbox.ContainerId, cancellationToken));
        return IsOnThisMachine(owner)
            ? await PodSocket.ConnectAsync($"/proc/{owner.State.Pid}/ns/net", port, cancellationToken)
            : await ConnectFromOutsideAsync(sandbox.Status.Ip ?? IPAddress.Loopback, port, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken)
    {
        var all = await ListAllAsync(cancellationToken);
        var usages = await Task.WhenAll(all
            .Where(container => !DockerLabels.IsSandbox(container.Labels) && container.State == "running")
            .Select(container => UsageAsync(container.ID, cancellationToken)));
        return [.. usages.OfType<ContainerUsage>()];
    }

    /// <inheritdoc />
    public async Task CopyLogsAsync(string containerId, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        var container = await DockerErrors.TranslateAsync(_client.Containers.InspectContainerAsync(containerId, cancellationToken));
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Follow = query.Follow,
            Timestamps = query.Timestamps,
            Tail = query.TailLines?.ToString(CultureInfo.InvariantCulture) ?? "all",
            Since = query.Since is { } since ? UnixTime(since) : null,
        };
        using var log = await DockerErrors.TranslateAsync(
            _client.Containers.GetContainerLogsAsync(containerId, container.Config.Tty, parameters, cancellationToken));
        var buffer = new byte[32 << 10];
        for (var left = query.LimitBytes ?? long.MaxValue; left > 0;)
        {
            var read = await log.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken);
            if (read.EOF)
            {
                return;
            }

            var count = (int)Math.Min(left, read.Count);
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await destination.FlushAsync(cancellationToken);
            left -= count;
        }
    }

    // A process of another machine may have the same number; its groups bear the container's id only here.
    private static bool IsOnThisMachine(ContainerInspectResponse container)
    {
        try
        {
            return File.ReadAllText($"/proc/{container.State.Pid}/cgroup").Contains(container.ID, StringComparison.Ordinal);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectFromOutsideAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw PodSocket.Refused(port, refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<ContainerUsage?> UsageAsync(string id, CancellationToken cancellationToken)
    {
        var told = new TaskCompletionSource<ContainerStatsResponse?>();
        try
        {
            var once = new ContainerStatsParameters { Stream = false, OneShot = true };
            await DockerErrors.TranslateAsync(
                _client.Containers.GetContainerStatsAsync(id, once, new FirstReport(told), cancellationToken));
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            // It ended between the list and the look.
        }

        told.TrySetResult(null);
        return await told.Task is { MemoryStats: { } memory } stats
            ? new ContainerUsage
            {
                ContainerId = id,
                Time = _time.GetUtcNow(),
                CpuNanoseconds = (long)stats.CPUStats.CPUUsage.TotalUsage,
                MemoryBytes = (long)memory.Usage,
                WorkingSetBytes = (long)memory.Usage
                    - Math.Min((long)memory.Usage, Counter(memory, "inactive_file", "total_inactive_file") ?? 0),
                RssBytes = Counter(memory, "anon", "total_rss"),
            }
            : null;
    }

    // The names of cgroup version 2, then of version 1.
    private static long? Counter(MemoryStats memory, string name, string oldName)
        => memory.Stats is not { } all ? null
            : all.TryGetValue(name, out var value) || all.TryGetValue(oldName, out value) ? (long)value : null;

    private sealed class FirstReport(TaskCompletionSource<ContainerStatsResponse?> told) : IProgress<ContainerStatsResponse>
    {
        public void Report(ContainerStatsResponse value) => told.TrySetResult(value);
    }

    private static string UnixTime(DateTimeOffset time)
        => (time.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
