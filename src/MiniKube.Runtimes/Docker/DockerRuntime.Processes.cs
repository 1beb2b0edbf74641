using System.Globalization;
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

    private static string UnixTime(DateTimeOffset time)
        => (time.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
