namespace MiniKube.Networking;

/// <summary>How packets get from the pods of one node to those of another.</summary>
public enum NetworkBackend
{
    /// <summary>Somebody else sees to it: no routes are made.</summary>
    None,

    /// <summary>Wrapped in UDP: over any network that lets the port through.</summary>
    Vxlan,

    /// <summary>Plain routes with the other node as gateway: all nodes are on one segment.</summary>
    HostGateway,
}

/// <summary>The names of backends on the command line and on Node objects.</summary>
public static class NetworkBackendNames
{
    /// <summary>Every name, in the order of the help text.</summary>
    public static IReadOnlyList<string> All { get; } = ["vxlan", "host-gw", "none"];

    /// <summary>The backend of that name, or null for any other text.</summary>
    public static NetworkBackend? Find(string? name) => name switch
    {
        "vxlan" => NetworkBackend.Vxlan,
        "host-gw" => NetworkBackend.HostGateway,
        "none" => NetworkBackend.None,
        _ => null,
    };

    /// <summary>The inverse of <see cref="Find"/>.</summary>
    public static string ToName(this NetworkBackend backend) => backend switch
    {
        NetworkBackend.Vxlan => "vxlan",
        NetworkBackend.HostGateway => "host-gw",
        _ => "none",
    };

    /// <summary>
    /// Bytes the backend puts before each packet between nodes: outer Ethernet, IPv4, UDP and VXLAN headers.
    /// </summary>
    public static int Overhead(this NetworkBackend backend) => backend == NetworkBackend.Vxlan ? 50 : 0;
}
