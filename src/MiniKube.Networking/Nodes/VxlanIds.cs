using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube.Networking;

/// <summary>Which id a new cluster's VXLAN packets carry.</summary>
public static class VxlanIds
{
    /// <summary>Ids have 24 bits.</summary>
    public const int Max = (1 << 24) - 1;

    // Below it people choose by hand.
    private const int DerivedFirst = 4_096;

    /// <summary>
    /// 1, unless something else of this machine uses VXLAN or is another instance that will once it has a second node: two devices
    /// with one id cannot be on one machine. Then a number made of the instance's name.
    /// </summary>
    public static int Choose(string instanceName)
    {
        if (!OperatingSystem.IsLinux())
        {
            return NodeNetworkOptions.DefaultVxlanId;
        }

        using var machine = RouteNetlink.Open();
        var isAlone = !machine.ListLinks().Exists(link => link.Kind == "vxlan"
            || (link.Kind == "bridge" && link.Name.StartsWith("mk-") && link.Name != instanceName));
        return isAlone ? NodeNetworkOptions.DefaultVxlanId : Derive(instanceName);
    }

    internal static int Derive(string instanceName)
    {
        var hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(instanceName)));
        return DerivedFirst + (int)(hash % (Max - DerivedFirst + 1));
    }
}
