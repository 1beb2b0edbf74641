using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// Every Service and namespace that has names now. Readers take no lock, and what they read from one entry belongs together; one
/// change at a time.
/// </summary>
internal sealed class NameDirectory
{
    private readonly Lock _changing = new();
    private readonly ConcurrentDictionary<ObjectKey, ServiceNames> _services = new();
    private readonly ConcurrentDictionary<string, bool> _namespaces = new();
    private readonly ConcurrentDictionary<IPAddress, ImmutableSortedSet<string>> _names = new();
    private long _version;

    /// <summary>Grows with every change, after it: an answer found from here on at this number is up to date.</summary>
    public long Version => Volatile.Read(ref _version);

    public ServiceNames? Find(string space, string name) => _services.GetValueOrDefault(new ObjectKey(space, name));

    public bool HasNamespace(string name) => _namespaces.ContainsKey(name);

    /// <summary>The names below the cluster's domain of an address, without that domain: <c>web.default.svc</c>.</summary>
    public ImmutableSortedSet<string> NamesOf(IPAddress address) => _names.GetValueOrDefault(address) ?? [];

    /// <summary>Puts a Service's names in the place of those it had; null takes them away.</summary>
    public void Change(ObjectKey key, ServiceNames? names)
    {
        lock (_changing)
        {
            _services.TryGetValue(key, out var old);
            if (names is null)
            {
                _services.TryRemove(key, out _);
            }
            else
            {
                _services[key] = names;
            }

            ChangeReverse(old is null ? [] : ReverseOf(old), names is null ? [] : ReverseOf(names));
            Interlocked.Increment(ref _version);
        }
    }

    public void ChangeNamespace(string name, bool exists)
    {
        lock (_changing)
        {
            if (exists ? _namespaces.TryAdd(name, true) : _namespaces.TryRemove(name, out _))
            {
                Interlocked.Increment(ref _version);
            }
        }
    }

    private void ChangeReverse(HashSet<(IPAddress Address, string Name)> old, HashSet<(IPAddress Address, string Name)> current)
    {
        foreach (var (address, name) in old.Except(current))
        {
            var left = NamesOf(address).Remove(name);
            if (left.IsEmpty)
            {
                _names.TryRemove(address, out _);
                continue;
            }

            _names[address] = left;
        }

        foreach (var (address, name) in current.Except(old))
        {
            _names[address] = NamesOf(address).Add(name);
        }
    }

    private static HashSet<(IPAddress Address, string Name)> ReverseOf(ServiceNames service)
    {
        var ofService = $"{service.Name}.{service.Namespace}.svc";
        return
        [
            .. service.ClusterIps.Select(address => (address, ofService)),
            .. service.Endpoints.Select(endpoint => (endpoint.Address, $"{endpoint.Hostname}.{ofService}")),
        ];
    }
}
