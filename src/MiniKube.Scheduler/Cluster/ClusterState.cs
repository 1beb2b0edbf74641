using System.Collections.Immutable;
using System.Diagnostics;
using k8s.Models;

namespace MiniKube.Scheduler;

/// <summary>
/// Nodes with their pods, kept up to date change by change. A pod that was just placed counts at once (it is assumed);
/// the informer's news of it then replaces the assumption. Pods may be known before their node is. Thread-safe.
/// </summary>
internal sealed class ClusterState(Func<string, IDictionary<string, string>?> namespaceLabels)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeView> _nodes = [];
    private readonly Dictionary<string, Placed> _podsByUid = [];
    private readonly Dictionary<string, ImmutableArray<PodView>> _podsOfUnknownNodes = [];
    private ClusterSnapshot? _snapshot;

    /// <summary>The present state. The same answer as long as nothing changed.</summary>
    public ClusterSnapshot Snapshot()
    {
        lock (_gate)
        {
            return _snapshot ??= new ClusterSnapshot([.. _nodes.Values], namespaceLabels);
        }
    }

    public void SetNode(V1Node node)
    {
        lock (_gate)
        {
            _snapshot = null;
            var name = node.Metadata.Name;
            var pods = _nodes.TryGetValue(name, out var known) ? known.Pods
                : _podsOfUnknownNodes.Remove(name, out var waiting) ? waiting
                : [];
            _nodes[name] = NodeView.Of(node, pods);
        }
    }

    public void RemoveNode(string name)
    {
        lock (_gate)
        {
            _snapshot = null;
            if (_nodes.Remove(name, out var node) && !node.Pods.IsEmpty)
            {
                _podsOfUnknownNodes[name] = node.Pods;
            }
        }
    }

    /// <summary>The API says that the pod is on its node.</summary>
    public void SetPod(PodView pod)
    {
        lock (_gate)
        {
            RemoveLocked(pod.Uid);
            AddLocked(new Placed(pod, pod.Pod.Spec.NodeName, IsAssumed: false));
        }
    }

    /// <summary>
    /// The pod counts on the node from now on, until the API confirms it or <see cref="Forget"/> is called.
    /// </summary>
    public void Assume(PodView pod, string node)
    {
        lock (_gate)
        {
            RemoveLocked(pod.Uid);
            AddLocked(new Placed(pod, node, IsAssumed: true));
        }
    }

    /// <summary>The binding failed. What the API has confirmed meanwhile stays.</summary>
    public void Forget(string podUid)
    {
        lock (_gate)
        {
            if (_podsByUid.TryGetValue(podUid, out var placed) && placed.IsAssumed)
            {
                RemoveLocked(podUid);
            }
        }
    }

    /// <summary>The pod is gone or finished. True when it had been on a node.</summary>
    public bool RemovePod(string podUid)
    {
        lock (_gate)
        {
            return RemoveLocked(podUid);
        }
    }

    public bool IsPlaced(string podUid)
    {
        lock (_gate)
        {
            return _podsByUid.ContainsKey(podUid);
        }
    }

    private void AddLocked(Placed placed)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        _podsByUid[placed.Pod.Uid] = placed;
        if (_nodes.TryGetValue(placed.Node, out var node))
        {
            _snapshot = null;
            _nodes[placed.Node] = node.With(placed.Pod);
            return;
        }

        var others = _podsOfUnknownNodes.GetValueOrDefault(placed.Node, []);
        _podsOfUnknownNodes[placed.Node] = others.Add(placed.Pod);
    }

    private bool RemoveLocked(string podUid)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        if (!_podsByUid.Remove(podUid, out var placed))
        {
            return false;
        }

        if (_nodes.TryGetValue(placed.Node, out var node))
        {
            _snapshot = null;
            _nodes[placed.Node] = node.Without(placed.Pod);
        }
        else if (_podsOfUnknownNodes.TryGetValue(placed.Node, out var pods))
        {
            _podsOfUnknownNodes[placed.Node] = pods.RemoveAll(pod => pod.Uid == podUid);
        }

        return true;
    }

    private sealed record Placed(PodView Pod, string Node, bool IsAssumed);
}
