using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// The set of pods that may reach themselves through a Service, counted over all ways in: only those are written whose
/// first use came or whose last one went.
/// </summary>
internal sealed class NftOwnPods
{
    private readonly Dictionary<IPAddress, int> _uses = [];
    private readonly Dictionary<IPAddress, bool> _touched = [];

    public void Clear()
    {
        _uses.Clear();
        _touched.Clear();
    }

    public void Change(ImmutableArray<IPAddress> old, ImmutableArray<IPAddress> next)
    {
        foreach (var address in next)
        {
            Count(address, 1);
        }

        foreach (var address in old)
        {
            Count(address, -1);
        }
    }

    /// <summary>Writes what came and went since the last time.</summary>
    public void Write(NftScript script)
    {
        foreach (var (address, was) in _touched)
        {
            var element = new NftElement("own-pods", $"{address} . {address}", null);
            switch (was, _uses.ContainsKey(address))
            {
                case (true, false):
                    script.Delete(element);
                    break;
                case (false, true):
                    script.Add(element);
                    break;
                default:
                    break;
            }
        }

        _touched.Clear();
    }

    private void Count(IPAddress address, int step)
    {
        var uses = _uses.GetValueOrDefault(address);
        _touched.TryAdd(address, uses > 0);
        if (uses + step > 0)
        {
            _uses[address] = uses + step;
        }
        else
        {
            _uses.Remove(address);
        }
    }
}
