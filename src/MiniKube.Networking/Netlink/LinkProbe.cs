namespace MiniKube.Networking;

/// <summary>
/// Finds out which kinds of links this kernel lets us make by making them, in a network namespace that only a thread of ours has and
/// that is gone with it: nothing of the machine is touched.
/// </summary>
public static class LinkProbe
{
    /// <summary>Each kind, and why it cannot be made: null when it can.</summary>
    public static IReadOnlyDictionary<string, string?> Run()
    {
        var results = new Dictionary<string, string?>();
        var thread = new Thread(() => TryAll(results), maxStackSize: 256 * 1_024)
        {
            IsBackground = true,
            Name = "link probe",
        };
        thread.Start();
        thread.Join();
        return results;
    }

    private static void TryAll(Dictionary<string, string?> results)
    {
        const int mtu = 1_400;
        var apart = Reason(Libc.LeaveNetworkNamespace);
        Try("bridge", static links => links.AddBridge(new BridgeSpec("probe0", [2, 0, 0, 0, 0, 1], mtu)));
        Try("veth", static links =>
        {
            using var here = NetworkNamespace.OpenFile("/proc/thread-self/ns/net");
            links.AddVeth(
                new VethSpec("probe1", "probe2", [2, 0, 0, 0, 0, 2], MasterIndex: 0, mtu),
                (int)here.DangerousGetHandle());
        });
        Try("vxlan", static links => links.AddVxlan(
            new VxlanSpec("probe3", 1, 8_472, new HardwareAddress([2, 0, 0, 0, 0, 3]), mtu)));

        void Try(string kind, Action<RouteNetlink> make) => results[kind] = apart ?? Reason(() =>
        {
            using var links = RouteNetlink.Open();
            make(links);
        });
    }

    private static string? Reason(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (NetlinkException refused)
        {
            return refused.Message;
        }
    }
}
