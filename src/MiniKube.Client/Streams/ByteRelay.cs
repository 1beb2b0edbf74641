namespace MiniKube.Client;

/// <summary>Copies between two connections until both directions have ended.</summary>
public static class ByteRelay
{
    private const int ChunkBytes = 32 * 1024;

    /// <summary>The end of one direction is passed on and the other goes on. Returns when both have ended.</summary>
    /// <exception cref="IOException">One of the two broke.</exception>
    public static async Task RunAsync(DuplexStream one, DuplexStream other, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var there = CopyAsync(one, other, end.Token);
        var back = CopyAsync(other, one, end.Token);
        try
        {
            // A direction that broke takes the other with it: nobody would read its answer.
            await await Task.WhenAny(there, back);
            await Task.WhenAll(there, back);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task CopyAsync(DuplexStream from, DuplexStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        while (await from.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        await to.CompleteWritesAsync(cancellationToken);
    }
}
