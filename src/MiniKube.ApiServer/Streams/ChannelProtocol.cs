namespace MiniKube.ApiServer;

/// <summary>
/// The channel protocols: every WebSocket message begins with a byte that names its stream. Version 5 adds a signal
/// that a stream is at its end.
/// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
/// </summary>
internal sealed record ChannelProtocol(string Name, bool HasClose)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;

    /// <summary>Followed by the number of the channel that ends.</summary>
    public const byte Close = 255;

    private static readonly ChannelProtocol[] Known =
    [
        new("v5.channel.k8s.io", HasClose: true),
        new("v4.channel.k8s.io", HasClose: false),
    ];

    public static IEnumerable<string> Names => Known.Select(one => one.Name);

    /// <summary>The best one the client offers, or null.</summary>
    public static ChannelProtocol? Choose(IList<string> offered)
        => Array.Find(Known, one => offered.Contains(one.Name));
}
