using System.Net;

namespace MiniKube.Client;

/// <summary>The address other nodes reach a node by. It may change while the node runs. Thread-safe.</summary>
public sealed class NodeAddress(IPAddress first)
{
    private volatile IPAddress _current = first;

    /// <summary>Raised after a change, on the thread of who made it.</summary>
    public event Action? Changed;

    /// <summary>What it is now.</summary>
    public IPAddress Current => _current;

    /// <summary>Takes another address; false when it is the same.</summary>
    public bool Replace(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (_current.Equals(address))
        {
            return false;
        }

        _current = address;
        Changed?.Invoke();
        return true;
    }
}
