namespace MiniKube.Client;

/// <summary>
/// The servers of a cluster as a client knows them: <c>https://10.0.0.1:6443</c>, the one to try first in front. Thread-safe;
/// lists are replaced whole.
/// </summary>
public sealed class ServerAddresses
{
    private volatile IReadOnlyList<Uri> _current;

    /// <summary>With none, every request fails as if no server answered.</summary>
    public ServerAddresses(params IReadOnlyList<Uri> servers) => _current = servers;

    /// <summary>Raised after the list was replaced by another, on the thread of who did it.</summary>
    public event Action? Changed;

    /// <summary>All of them, in the order to try.</summary>
    public IReadOnlyList<Uri> Current => _current;

    /// <summary>Takes another list; false when it is the same.</summary>
    public bool Replace(IReadOnlyList<Uri> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        if (_current.SequenceEqual(servers))
        {
            return false;
        }

        _current = servers;
        Changed?.Invoke();
        return true;
    }
}
