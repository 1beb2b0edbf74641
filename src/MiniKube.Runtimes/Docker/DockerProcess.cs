using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>
/// A process the engine runs in a container. The engine cannot kill such a process; disposing closes its streams, which ends
/// whatever reads or writes them.
/// </summary>
internal sealed class DockerProcess : IRuntimeProcess
{
    // An end whose event was missed is noticed this much later.
    private static readonly TimeSpan EventMissed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ForgottenPatience = TimeSpan.FromSeconds(10);

    private readonly DockerClient _client;
    private readonly DockerEvents _events;
    private readonly TimeProvider _time;
    private readonly string _id;
    private readonly bool _tty;
    private readonly DockerStreams _streams;
    private readonly Task<int> _ended;

    public DockerProcess(
        DockerClient client,
        DockerEvents events,
        TimeProvider time,
        string id,
        ProcessSpec process,
        MultiplexedStream connection)
    {
        _client = client;
        _events = events;
        _id = id;
        _tty = process.Tty;
        _time = time;
        _ended = events.ExecutionAsync(id);
        _streams = new DockerStreams(connection, process.Stdin, !process.Tty);
    }

    public Stream Stdin => _streams.Stdin;

    public Stream Stdout => _streams.Stdout;

    public Stream Stderr => _streams.Stderr;

    public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        if (!_tty)
        {
            return;
        }

        try
        {
            await DockerErrors.TranslateAsync(_client.Exec.ResizeContainerExecTtyAsync(
                _id, new ContainerResizeParameters { Width = columns, Height = rows }, cancellationToken));
        }
        catch (RuntimeException refused) when (refused.Error is RuntimeError.Failed or RuntimeError.NotFound)
        {
            // The engine has no word of its own for a process that ended meanwhile, whose terminal nobody needs any more.
            if (await InspectAsync(cancellationToken) is { Running: true })
            {
                throw;
            }
        }
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_ended, _streams.Ended).WaitAsync(cancellationToken);
        while (!_ended.IsCompleted)
        {
            var process = await InspectAsync(cancellationToken);
            if (process is { Running: false })
            {
                return (int)process.ExitCode;
            }

            if (process is null && !_ended.IsCompleted)
            {
                return await ToldAsync(cancellationToken);
            }

            // It goes on with its output closed. Its end is told by an event, unless the stream of events just broke.
            await Task.WhenAny(_ended, Task.Delay(EventMissed, _time, cancellationToken));
        }

        return await _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _streams.DisposeAsync();
        _events.ForgetExecution(_id);
    }

    /// <summary>What the engine knows of the process; null when it has ended and been forgotten.</summary>
    private async Task<ContainerExecInspectResponse?> InspectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await DockerErrors.TranslateAsync(_client.Exec.InspectContainerExecAsync(_id, cancellationToken));
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return null;
        }
    }

    // Forgotten before its event came: only the event knows the code now.
    private async Task<int> ToldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _ended.WaitAsync(ForgottenPatience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RuntimeException(
                RuntimeError.Failed, "the process has ended, and the Docker engine forgot its exit code before it told it");
        }
    }
}
