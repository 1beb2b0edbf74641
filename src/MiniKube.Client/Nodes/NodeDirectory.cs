using System.Collections.Concurrent;

namespace MiniKube.Client;

/// <summary>Which nodes can be asked right now. Thread-safe.</summary>
public sealed class NodeDirectory
{
    private readonly ConcurrentDictionary<string, INodeEndpoint> _nodes = new();

    /// <summary>The way to a node, or null while there is none.</summary>
    public INodeEndpoint? Find(string nodeName) => _nodes.GetValueOrDefault(nodeName);

    /// <summary>Makes a node reachable; replaces a way that was there.</summary>
    public void Connect(string nodeName, INodeEndpoint endpoint) => _nodes[nodeName] = endpoint;

    /// <summary>Takes the way away, if it is still this one.</summary>
    public void Disconnect(string nodeName, INodeEndpoint endpoint)
        => _nodes.TryRemove(KeyValuePair.Create(nodeName, endpoint));
}
