using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class CapabilitiesTests
{
    private const ulong Default = 0xA80425FB; // What docker run shows in /proc/self/status.
    private const ulong NetAdmin = 1UL << 12;
    private const ulong MakeNodes = 1UL << 27;

    [Test]
    public void The_default_set_is_Dockers()
        => Assert.That(Capabilities.Of(new ContainerSecurity(), devicesGuarded: true), Is.EqualTo(Default));

    [Test]
    public void Nobody_makes_device_nodes_where_devices_are_not_guarded()
        => Assert.That(Capabilities.Of(new ContainerSecurity(), devicesGuarded: false), Is.EqualTo(Default & ~MakeNodes));

    [TestCase("NET_ADMIN", "", Default | NetAdmin)]
    [TestCase("CAP_NET_ADMIN", "", Default | NetAdmin)]
    [TestCase("", "ALL", 0UL)]
    [TestCase("NET_ADMIN", "ALL", NetAdmin)]
    [TestCase("ALL", "", (1UL << 41) - 1)]
    [TestCase("ALL", "NET_ADMIN", ((1UL << 41) - 1) & ~NetAdmin)]
    [TestCase("net_admin", "MKNOD", (Default | NetAdmin) & ~MakeNodes)]
    public void Capabilities_are_added_and_dropped(string add, string drop, ulong expected)
    {
        var security = new ContainerSecurity { AddCapabilities = Words(add), DropCapabilities = Words(drop) };

        Assert.That(Capabilities.Of(security, devicesGuarded: true), Is.EqualTo(expected));
    }

    [Test]
    public void An_unknown_name_is_refused()
        => Assert.That(
            () => Capabilities.Of(new ContainerSecurity { AddCapabilities = ["FLY"] }, devicesGuarded: true),
            Throws.TypeOf<RuntimeException>().With.Message.Contains("FLY"));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
