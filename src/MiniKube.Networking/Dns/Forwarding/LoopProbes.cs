using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// Finds servers that forward to this one: each is asked once for a name nobody else knows, and when that question comes in here,
/// the server is not asked again.
/// </summary>
internal sealed partial class LoopProbes(UpstreamHealth health, TimeProvider time, ILogger logger)
{
    private const ushort TypeHinfo = 13;
    private const int TokenBytes = 16;
    private const int ServersMax = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A name below "invalid" has no answer anywhere (RFC 6761, section 6.4).
    private static readonly byte[] Suffix = [.. "\x0dminikube-loop"u8, .. "\x07invalid\0"u8];

    private readonly ConcurrentDictionary<byte[], IPEndPoint> _asked = new(QuestionKey.Comparer.Instance);

    /// <summary>Asks each of the servers; returns when all have answered, or have had the time to.</summary>
    public Task RunAsync(ImmutableArray<IPEndPoint> servers, CancellationToken cancellationToken)
        => Task.WhenAll(servers.Take(ServersMax).Select(server => ProbeAsync(server, cancellationToken)));

    /// <summary>True when the question is one of ours, which has come back.</summary>
    public bool Recognizes(ReadOnlySpan<byte> key)
    {
        if (_asked.IsEmpty
            || QuestionKey.TypeOf(key) != TypeHinfo
            || !_asked.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var server))
        {
            return false;
        }

        if (health.IsCircular(server))
        {
            Log.Circle(logger, server);
        }

        return true;
    }

    private async Task ProbeAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        byte[] name = [(byte)token.Length, .. System.Text.Encoding.ASCII.GetBytes(token), .. Suffix];
        var key = QuestionKey.Of(name, TypeHinfo);
        _asked[key] = server;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await UpstreamExchange.AskAsync(server, key, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It stays silent, which is no circle.
        }
        finally
        {
            _asked.TryRemove(key, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5100, LogLevel.Error,
            "The DNS server {Server}, which this machine is told to ask, forwards to the cluster's own: it is not asked any more. "
            + "Name another one in resolv.conf, or start with --resolv-conf FILE")]
        public static partial void Circle(ILogger logger, IPEndPoint server);
    }
}
