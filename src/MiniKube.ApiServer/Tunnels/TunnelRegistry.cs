using System.Collections.Concurrent;

namespace MiniKube.ApiServer;

/// <summary>The tunnels that are open, one per node; a node that opens another replaces its own. Thread-safe.</summary>
internal sealed class TunnelRegistry
{
    private readonly ConcurrentDictionary<string, Tunnel> _open = new();

    /// <summary>Every open tunnel, by node name.</summary>
    public IReadOnlyList<Tunnel> All => [.. _open.Values.OrderBy(static tunnel => tunnel.NodeName, StringComparer.Ordinal)];

    public Tunnel? Find(string nodeName) => _open.GetValueOrDefault(nodeName);

    public void Add(Tunnel tunnel) => _open[tunnel.NodeName] = tunnel;

    /// <summary>Forgets it, unless another has its place.</summary>
    public void Remove(Tunnel tunnel) => _open.TryRemove(KeyValuePair.Create(tunnel.NodeName, tunnel));
}
