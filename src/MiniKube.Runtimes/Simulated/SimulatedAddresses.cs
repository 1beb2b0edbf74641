using System.Buffers.Binary;
using System.Net;

namespace MiniKube.Runtimes;

/// <summary>
/// Deals out the addresses of a pod CIDR: not the network's own, not the first one (a bridge would have it), not the last one.
/// Not thread-safe; the runtime holds its lock.
/// </summary>
internal sealed class SimulatedAddresses
{
    private const int Reserved = 2;

    private readonly HashSet<uint> _rented = [];
    private IPNetwork? _network;
    private uint _next = Reserved;

    public void Configure(IPNetwork network) => _network = network;

    public IPAddress Rent()
    {
        var network = _network
            ?? throw new RuntimeException(RuntimeError.Failed, "the pod network is not configured yet");
        var size = 1u << (32 - network.PrefixLength);
        for (var tried = 0u; tried < size; tried++)
        {
            var offset = _next;
            _next = offset + 1 >= size - 1 ? Reserved : offset + 1;
            if (_rented.Add(offset))
            {
                return At(network, offset);
            }
        }

        throw new RuntimeException(RuntimeError.Failed, $"no address is free in {network}");
    }

    public void Return(IPAddress? address)
    {
        if (address is not null && _network is { } network)
        {
            _rented.Remove(Number(address) - Number(network.BaseAddress));
        }
    }

    private static IPAddress At(IPNetwork network, uint offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Number(network.BaseAddress) + offset);
        return new IPAddress(bytes);
    }

    private static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
