using System.Security.Cryptography;

namespace MiniKube.Runtimes;

/// <summary>Computes the digest of what is read through it.</summary>
internal sealed class HashingStream(Stream source) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How much was read.</summary>
    public long Count { get; private set; }

    /// <summary><c>sha256:HEX</c> of everything, after reading to the end of the source.</summary>
    public async Task<string> DigestAsync(CancellationToken cancellationToken)
    {
        await CopyToAsync(Null, cancellationToken);
        return $"sha256:{Convert.ToHexStringLower(_hash.GetHashAndReset())}";
    }

    public override int Read(Span<byte> buffer)
    {
        var length = source.Read(buffer);
        Count += length;
        _hash.AppendData(buffer[..length]);
        return length;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await source.ReadAsync(buffer, cancellationToken);
        Count += length;
        _hash.AppendData(buffer.Span[..length]);
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
