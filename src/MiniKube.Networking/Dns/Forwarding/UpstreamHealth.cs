using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Which servers answered lately, so that one that does not is asked last; and which must not be asked at all.</summary>
internal sealed class UpstreamHealth(TimeProvider time)
{
    private static readonly TimeSpan Distrust = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<IPEndPoint, long> _failed = new();
    private readonly ConcurrentDictionary<IPEndPoint, bool> _circular = new();

    /// <summary>In the order to ask them in.</summary>
    public ImmutableArray<IPEndPoint> Sort(ImmutableArray<IPEndPoint> servers)
        => [.. servers.Where(server => !_circular.ContainsKey(server)).OrderBy(server => IsDistrusted(server) ? 1 : 0)];

    public void Answered(IPEndPoint server) => _failed.TryRemove(server, out _);

    public void Failed(IPEndPoint server) => _failed[server] = time.GetTimestamp();

    /// <summary>It asks us what we ask it. True when that is news.</summary>
    public bool IsCircular(IPEndPoint server) => _circular.TryAdd(server, true);

    /// <summary>Forgets servers that are no longer there: an address may come back as another machine.</summary>
    public void KeepOnly(ImmutableArray<IPEndPoint> servers)
    {
        foreach (var gone in _failed.Keys.Concat(_circular.Keys).Where(known => !servers.Contains(known)).ToList())
        {
            _failed.TryRemove(gone, out _);
            _circular.TryRemove(gone, out _);
        }
    }

    private bool IsDistrusted(IPEndPoint server)
        => _failed.TryGetValue(server, out var since) && time.GetElapsedTime(since) < Distrust;
}
