using System.IO.Pipelines;
using System.Text;

namespace MiniKube.Runtimes;

/// <summary>
/// A simulated container attached to: its log from now on, until it ends. It repeats its input, a line for everything written.
/// </summary>
internal sealed class SimulatedAttachment : IRuntimeProcess
{
    private readonly Pipe _output = new();
    private readonly CancellationTokenSource _detaching = new();
    private readonly Task _following;

    public SimulatedAttachment(SimulatedLog log, AttachSpec attach, TimeProvider time)
    {
        Stdin = attach.Stdin ? new EchoStream(log, time) : Stream.Null;
        Stdout = _output.Reader.AsStream();
        _following = FollowAsync(log);
    }

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr => Stream.Null;

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _following.WaitAsync(cancellationToken);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _detaching.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _detaching.Dispose();
    }

    private async Task FollowAsync(SimulatedLog log)
    {
        try
        {
            await log.CopyAsync(
                new LogQuery { Follow = true, TailLines = 0 }, _output.Writer.AsStream(leaveOpen: true), _detaching.Token);
        }
        finally
        {
            await _output.Writer.CompleteAsync();
        }
    }

    private sealed class EchoStream(SimulatedLog log, TimeProvider time) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            log.Write(time.GetUtcNow(), Encoding.UTF8.GetString(buffer.Span).TrimEnd('\n'));
            return ValueTask.CompletedTask;
        }
    }
}
