using System.IO.Pipelines;

namespace MiniKube.Runtimes;

/// <summary>
/// A process executed in a container, or a container attached to, over its own connection to the shim. What is not read holds the
/// process up, so both outputs must be read. Disposing closes the connection, and the shim kills what was executed.
/// </summary>
internal sealed class ExecProcess : IRuntimeProcess
{
    private readonly ShimConnection _connection;
    private readonly Pipe _stdout = new();
    private readonly Pipe _stderr = new();
    private readonly TaskCompletionSource<int> _exitCode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _reading;
    private readonly SemaphoreSlim _sending = new(1);

    public ExecProcess(ShimConnection connection, bool hasInput, bool hasErrors)
    {
        _connection = connection;
        Stdin = hasInput ? new ExecInputStream(SendAsync) : Stream.Null;
        Stdout = _stdout.Reader.AsStream();
        Stderr = hasErrors ? _stderr.Reader.AsStream() : Stream.Null;
        _reading = ReadAsync();
    }

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr { get; }

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
        => SendAsync(
            Wire.Frame(FrameKind.Resize, writer =>
            {
                writer.Write(columns);
                writer.Write(rows);
            }),
            cancellationToken);

    public Task<int> WaitAsync(CancellationToken cancellationToken) => _exitCode.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _connection.DisposeAsync();
        await _reading;
        _disposing.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _connection.SendAsync(frame, CancellationToken.None); // A frame is sent whole.
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _connection.ReceiveAsync(_disposing.Token) is var (kind, payload))
            {
                await TakeAsync(kind, payload);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // Disposed.
        }

        _exitCode.TrySetException(ShimConnection.Gone());
        await _stdout.Writer.CompleteAsync();
        await _stderr.Writer.CompleteAsync();
    }

    private async Task TakeAsync(FrameKind kind, byte[] payload)
    {
        switch (kind)
        {
            case FrameKind.Stdout:
                await TakeAsync(_stdout.Writer, payload);
                break;
            case FrameKind.Stderr:
                await TakeAsync(_stderr.Writer, payload);
                break;
            case FrameKind.Exited:
                _exitCode.TrySetResult(Wire.Reader(payload).ReadInt32());
                break;
        }
    }

    private async Task TakeAsync(PipeWriter output, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            await output.CompleteAsync();
            return;
        }

        await output.WriteAsync(bytes, _disposing.Token);
    }
}
