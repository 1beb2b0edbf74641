using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>A container's first process, attached to. Disposing closes the streams and leaves the container alone.</summary>
internal sealed class DockerAttachment(DockerClient client, string containerId, bool tty, DockerStreams streams) : IRuntimeProcess
{
    public Stream Stdin => streams.Stdin;

    public Stream Stdout => streams.Stdout;

    public Stream Stderr => streams.Stderr;

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
        => !tty
            ? Task.CompletedTask
            : DockerErrors.TranslateAsync(client.Containers.ResizeContainerTtyAsync(
                containerId, new ContainerResizeParameters { Width = columns, Height = rows }, cancellationToken));

    /// <summary>The engine ends the connection when the container ends.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await streams.Ended.WaitAsync(cancellationToken);
        return 0;
    }

    public ValueTask DisposeAsync() => streams.DisposeAsync();
}
