using System.Collections.Concurrent;
using System.Net.WebSockets;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// One node's open tunnel: asks the agent to dial, and hands the stream it opens for that to who asked. Thread-safe.
/// </summary>
internal sealed class Tunnel(string nodeName, string remote, WebSocket control, TimeProvider time)
{
    // The agent answers at once, one way or the other; a host in the pod network that does not may take its kernel this long.
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(15);

    // What was written before hanging up still goes out; an agent that does not take it by then does without.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly TunnelControl _control = new(control);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<DuplexStream>> _dials = new();
    private readonly CancellationTokenSource _ended = new();
    private long _last;
    private int _streams;

    public string NodeName => nodeName;

    /// <summary>Where the agent's connection comes from.</summary>
    public string Remote => remote;

    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <summary>Connections through it now.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Opens a connection on the node's side.</summary>
    /// <exception cref="IOException">The agent could not or would not, the tunnel ended, or it is full.</exception>
    public async Task<DuplexStream> DialAsync(string to, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _streams) > TunnelMessage.StreamsMax)
        {
            Interlocked.Decrement(ref _streams);
            throw new IOException($"the tunnel carries {TunnelMessage.StreamsMax} connections already; end some");
        }

        var number = Interlocked.Increment(ref _last);
        var opened = new TaskCompletionSource<DuplexStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        _dials[number] = opened;
        try
        {
            return await DialAsync(number, to, opened, cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _streams);
            throw;
        }
        finally
        {
            _dials.TryRemove(number, out _);
        }
    }

    /// <summary>Reads the control stream until it ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _control.ReceiveAsync(cancellationToken) is { } message)
            {
                if (_dials.TryGetValue(message.Dial, out var dial))
                {
                    dial.TrySetException(new IOException(message.Failure ?? "the node refused"));
                }
            }
        }
        finally
        {
            await _ended.CancelAsync();
        }
    }

    /// <summary>Carries a stream the agent opened, until whoever dialled has done with it. False when nobody asked for it.</summary>
    public async Task<bool> TryServeAsync(long number, Func<Task<WebSocket>> accept, CancellationToken cancellationToken)
    {
        if (!_dials.TryRemove(number, out var dial))
        {
            return false;
        }

        var (theirs, ours) = PipeConnection.CreatePair();
        await using (ours)
        {
            using var socket = await accept();

            // When who dialled has given up meanwhile, the end of the request tells the agent.
            if (dial.TrySetResult(theirs))
            {
                await CarryAsync(new WebSocketConnection(socket), ours, theirs.Disposed, cancellationToken);
            }
        }

        return true;
    }

    // The request must not end while something of it is still being read: Kestrel gives its parts to the next one. So the bytes are
    // carried here, by a loop that is waited for, and whoever dialled has only a pipe.
    private async Task CarryAsync(DuplexStream agent, DuplexStream pipe, Task hungUp, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var relay = ByteRelay.RunAsync(agent, pipe, end.Token);
        try
        {
            await Task.WhenAny(relay, hungUp);
            if (!relay.IsCompleted)
            {
                await Task.WhenAny(relay, Task.Delay(LastWords, time, end.Token));
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
            await end.CancelAsync();
            await relay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<DuplexStream> DialAsync(
        long number, string to, TaskCompletionSource<DuplexStream> opened, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(DialPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, _ended.Token);
        try
        {
            await _control.SendAsync(new TunnelMessage(number, to, Failure: null), either.Token);
            return await opened.Task.WaitAsync(either.Token);
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the tunnel broke: {broken.Message}", broken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever opens the stream from now on finds the place taken and ends it.
            opened.TrySetCanceled(CancellationToken.None);
            throw new IOException(_ended.IsCancellationRequested
                ? "the tunnel ended"
                : $"the node did not connect within {DialPatience.TotalSeconds:0} s");
        }
    }
}
