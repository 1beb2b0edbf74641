namespace MiniKube.Networking;

/// <summary>
/// The kernel's switch that lets packets from a loopback address leave by a link. It is the link's own and goes with
/// it; what could come in thereby is dropped by the proxy's table.
/// </summary>
internal static class RouteLocalnet
{
    public static void Allow(string link)
    {
        var path = $"/proc/sys/net/ipv4/conf/{link}/route_localnet";
        if (File.Exists(path))
        {
            File.WriteAllText(path, "1");
        }
    }
}
