namespace MiniKube.Networking;

/// <summary>
/// The kernel's switch for passing packets between links. What it was is remembered in the state directory, also across
/// a crash, and put back when this is the last instance on the machine.
/// </summary>
internal sealed class IPForwarding(string stateDirectory, MachineNamespace machine)
{
    private const string Switch = "/proc/sys/net/ipv4/ip_forward";

    private string Memory => Path.Combine(stateDirectory, "ip_forward.was");

    public void Enable()
    {
        var present = machine.Run(static () => File.ReadAllText(Switch)).Trim();
        if (present == "1")
        {
            return;
        }

        Directory.CreateDirectory(stateDirectory);
        File.WriteAllText(Memory, present);
        Write("1");
    }

    public void Restore(bool otherInstances)
    {
        if (!File.Exists(Memory))
        {
            return;
        }

        if (!otherInstances)
        {
            Write(File.ReadAllText(Memory));
        }

        File.Delete(Memory);
    }

    private void Write(string value)
        => machine.Run(() =>
        {
            File.WriteAllText(Switch, value);
            return true;
        });
}
