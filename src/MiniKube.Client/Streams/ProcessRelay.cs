using System.Buffers;

namespace MiniKube.Client;

/// <summary>
/// Carries a process's streams over channels until the process has ended and all it wrote was sent.
/// </summary>
public sealed class ProcessRelay(IProcessSession process, IStreamChannels channels, TimeProvider time)
{
    private const int ChunkBytes = 32 * 1024;

    // A client answers a close at once; one that does not is not waited for.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    /// <summary>Ends with the status sent and the socket closed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = ReceiveAsync(end.Token);
        var output = Task.WhenAll(
            CopyAsync(process.Stdout, ChannelProtocol.Stdout, end.Token),
            CopyAsync(process.Stderr, ChannelProtocol.Stderr, end.Token));
        try
        {
            // The client closing its side ends the session: nobody would read the rest.
            var exit = process.WaitAsync(end.Token);
            var first = await Task.WhenAny(exit, input);
            if (first == input)
            {
                await input;
                throw new OperationCanceledException("the client closed the session", cancellationToken);
            }

            var code = await exit;
            await output;
            await channels.SendStatusAsync(ExitStatus.Of(code), cancellationToken);
            await channels.CloseAsync(cancellationToken);
            // Cancelling the reader resets the connection, and a reset takes what the client has not read yet with it.
            await Task.WhenAny(input, Task.Delay(ClosePatience, time, end.Token));
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(input, output).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CopyAsync(Stream source, byte channel, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        while (await source.ReadAsync(buffer.AsMemory(1), cancellationToken) is var count and > 0)
        {
            await channels.SendAsync(channel, buffer.AsMemory(0, count + 1), cancellationToken);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(ChunkBytes);
        var stdinIsOpen = true;
        while (await channels.ReceiveAsync(buffer, cancellationToken) is { } message)
        {
            if (message.IsEmpty)
            {
                continue;
            }

            var body = message[1..];
            switch (message.Span[0])
            {
                case ChannelProtocol.Stdin when stdinIsOpen && !body.IsEmpty:
                    stdinIsOpen = await TryWriteAsync(body, cancellationToken);
                    break;
                case ChannelProtocol.Close when stdinIsOpen && body.Length == 1 && body.Span[0] == ChannelProtocol.Stdin:
                    stdinIsOpen = false;
                    await process.Stdin.DisposeAsync();
                    break;
                case ChannelProtocol.Resize:
                    await ResizeAsync(body, cancellationToken);
                    break;
            }
        }
    }

    private async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.Stdin.WriteAsync(input, cancellationToken);
            await process.Stdin.FlushAsync(cancellationToken);
            return true;
        }
        catch (IOException)
        {
            // The process closed its end, which is its right; what it writes still counts.
            return false;
        }
    }

    private Task ResizeAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
        => TerminalSize.TryParse(json.Span, out var size)
            ? process.ResizeAsync(size.Columns, size.Rows, cancellationToken)
            : Task.CompletedTask;
}
