using System.Net;

namespace MiniKube.Networking;

/// <summary>The leases of one pod CIDR, on disk before anybody uses them. Thread-safe.</summary>
internal sealed class AddressBook
{
    private readonly Lock _gate = new();
    private readonly IPNetwork _podCidr;
    private readonly string _directory;
    private readonly AddressPool _pool;

    private AddressBook(IPNetwork podCidr, string directory, AddressLeases leases)
    {
        _podCidr = podCidr;
        _directory = directory;
        _pool = new AddressPool(podCidr, leases);
    }

    public IPAddress Gateway => _pool.Gateway;

    /// <summary>Takes up the leases of an earlier process; the directory is made when missing.</summary>
    /// <param name="podCidr">Where addresses come from.</param>
    /// <param name="directory">Where the leases are kept.</param>
    /// <param name="taken">Offsets in use by pods whose leases may have been lost.</param>
    /// <exception cref="InvalidOperationException">Pods have addresses of another CIDR.</exception>
    public static AddressBook Open(IPNetwork podCidr, string directory, IEnumerable<int> taken)
    {
        Directory.CreateDirectory(directory);
        var leases = AddressLeases.Load(directory) ?? AddressLeases.None(podCidr.ToString());
        if (leases.PodCidr != podCidr.ToString() && leases.Sandboxes.Count > 0)
        {
            throw new InvalidOperationException(
                $"{leases.Sandboxes.Count} pods have addresses of {leases.PodCidr} and the pod CIDR is now {podCidr}; "
                + "run `minikube stop` first");
        }

        var isSame = leases.PodCidr == podCidr.ToString();
        var book = new AddressBook(podCidr, directory, isSame ? leases : AddressLeases.None(podCidr.ToString()));
        foreach (var offset in taken)
        {
            book._pool.Reserve(offset);
        }

        return book;
    }

    public IPAddress AddressAt(int offset) => _podCidr.AddressAt(offset);

    /// <summary>The sandbox's offset, a new one if it has none.</summary>
    /// <exception cref="InvalidOperationException">Every address is in use.</exception>
    public int Lease(string sandboxId)
    {
        lock (_gate)
        {
            var offset = _pool.Lease(sandboxId);
            _pool.Leases.Save(_directory);
            return offset;
        }
    }

    /// <summary>The sandbox's offset, or null when it has none.</summary>
    public int? Find(string sandboxId)
    {
        lock (_gate)
        {
            return _pool.Find(sandboxId);
        }
    }

    /// <summary>Gives the sandbox's address back, if it has one.</summary>
    public void Release(string sandboxId)
    {
        lock (_gate)
        {
            if (_pool.Release(sandboxId))
            {
                _pool.Leases.Save(_directory);
            }
        }
    }
}
