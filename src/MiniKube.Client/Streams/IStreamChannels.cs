using System.Buffers;
using k8s.Models;

namespace MiniKube.Client;

/// <summary>
/// Several streams over one connection, each named by a byte (<see cref="ChannelProtocol"/>). Any number of writers, one reader.
/// </summary>
public interface IStreamChannels
{
    /// <summary>How the two sides talk; says whether the end of a single stream can be told.</summary>
    ChannelProtocol Protocol { get; }

    /// <summary>Sends a message; the buffer's first byte is overwritten with the channel.</summary>
    Task SendAsync(byte channel, Memory<byte> message, CancellationToken cancellationToken);

    /// <summary>Tells how it ended, on the error channel.</summary>
    Task SendStatusAsync(V1Status status, CancellationToken cancellationToken);

    /// <summary>The next whole message, channel first; null when the other side closed.</summary>
    Task<ReadOnlyMemory<byte>?> ReceiveAsync(ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Says that nothing more comes from here.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
