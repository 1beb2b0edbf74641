using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace MiniKube.ApiServer;

/// <summary>
/// The memory connections read and write with, in blocks as long as a TLS record may be (RFC 8446, section 5.1), from the pool that all of
/// the process shares and the collector trims. Kestrel encrypts and sends block by block: with its own of 4 KiB a long list took four
/// times the records and calls. A connection that waits holds none.
/// </summary>
internal sealed class ConnectionMemory : IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 16 * 1024;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return new Block();
        }

        protected override void Dispose(bool disposing)
        {
            // Blocks go back one by one; the pool has nothing of its own.
        }
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }
}
