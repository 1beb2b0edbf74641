using System.Collections.Concurrent;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Which endpoint a client had last, for a while. Thread-safe.</summary>
internal sealed class ClientAffinity(TimeProvider time)
{
    // A /16 of pods and then some. When it is full of living entries, further clients are balanced like any other.
    private const int ClientsMax = 65_536;

    private readonly ConcurrentDictionary<IPAddress, Entry> _entries = new();

    public IPEndPoint? Find(IPAddress client)
        => _entries.TryGetValue(client, out var entry) && entry.Ends > time.GetUtcNow() ? entry.Endpoint : null;

    public void Remember(IPAddress client, IPEndPoint endpoint, TimeSpan lifetime)
    {
        if (_entries.Count >= ClientsMax && !_entries.ContainsKey(client) && !RemoveEnded())
        {
            return;
        }

        _entries[client] = new Entry(endpoint, time.GetUtcNow() + lifetime);
    }

    private bool RemoveEnded()
    {
        var now = time.GetUtcNow();
        foreach (var ended in _entries.Where(entry => entry.Value.Ends <= now))
        {
            _entries.TryRemove(ended);
        }

        return _entries.Count < ClientsMax;
    }

    private sealed record Entry(IPEndPoint Endpoint, DateTimeOffset Ends);
}
