namespace MiniKube.Networking;

/// <summary>
/// The kernel's switch for passing packets between links. What it was is remembered in the state directory, also across
/// a crash, and put back when this is the last instance on the machine.
/// </summary>
internal sealed class IPForwarding(string stateDirectory)
{
    private const string Switch = "/proc/sys/net/ipv4/ip_forward";

    private string Memory => Path.Combine(stateDirectory, "ip_forward.was");

    public void Enable()
    {
        var present = File.ReadAllText(Switch).Trim();
        if (present == "1")
        {
            return;
        }

        File.WriteAllText(Memory, present);
        File.WriteAllText(Switch, "1");
    }

    public void Restore(bool otherInstances)
    {
        if (!File.Exists(Memory))
        {
            return;
        }

        if (!otherInstances)
        {
            File.WriteAllText(Switch, File.ReadAllText(Memory));
        }

        File.Delete(Memory);
    }
}
