namespace MiniKube.Client;

/// <summary>
/// The channel protocols: every WebSocket message begins with a byte that names its stream. Version 5 adds a signal
/// that a stream is at its end.
/// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
/// </summary>
public sealed record ChannelProtocol(string Name, bool HasClose)
{
    /// <summary>Bytes for standard input.</summary>
    public const byte Stdin = 0;

    /// <summary>Bytes from standard output or the terminal.</summary>
    public const byte Stdout = 1;

    /// <summary>Bytes from standard error.</summary>
    public const byte Stderr = 2;

    /// <summary>The Status that says how it ended.</summary>
    public const byte Error = 3;

    /// <summary>The terminal's size, as JSON.</summary>
    public const byte Resize = 4;

    /// <summary>Followed by the number of the channel that ends.</summary>
    public const byte Close = 255;

    /// <summary>The one spoken between the parts of MiniKube.</summary>
    public static ChannelProtocol Newest { get; } = new("v5.channel.k8s.io", HasClose: true);

    private static readonly ChannelProtocol[] Known =
    [
        Newest,
        new("v4.channel.k8s.io", HasClose: false),
    ];

    /// <summary>All that are known, best first.</summary>
    public static IEnumerable<string> Names => Known.Select(one => one.Name);

    /// <summary>The best one the client offers, or null.</summary>
    public static ChannelProtocol? Choose(IList<string> offered)
        => Array.Find(Known, one => offered.Contains(one.Name));
}
