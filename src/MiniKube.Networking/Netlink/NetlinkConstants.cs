namespace MiniKube.Networking;

/// <summary>Message types of rtnetlink(7).</summary>
internal enum RouteMessage : ushort
{
    NewLink = 16,
    DeleteLink = 17,
    GetLink = 18,
    SetLink = 19,
    NewAddress = 20,
    DeleteAddress = 21,
    GetAddress = 22,
    NewRoute = 24,
    DeleteRoute = 25,
    GetRoute = 26,
    NewNeighbour = 28,
    DeleteNeighbour = 29,
    GetNeighbour = 30,
}

/// <summary>Flags of a request, netlink(7).</summary>
[Flags]
internal enum RequestFlags : ushort
{
    Request = 0x001,
    Acknowledge = 0x004,
    Dump = 0x300,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
}

/// <summary>Attributes of a link: linux/if_link.h.</summary>
internal static class LinkAttribute
{
    public const ushort Address = 1;
    public const ushort Name = 3;
    public const ushort Mtu = 4;
    public const ushort Master = 10;
    public const ushort LinkData = 18;
    public const ushort ProtocolSpecific = 26;
    public const ushort NamespaceFd = 28;

    public const ushort DataKind = 1;
    public const ushort DataBody = 2;
    public const ushort DataPortKind = 4;
    public const ushort DataPortBody = 5;
    public const ushort VethPeer = 1;
    public const ushort BridgePortHairpin = 4;
    public const ushort IPv6AddressGeneration = 8;
}

/// <summary>Attributes of an address: linux/if_addr.h.</summary>
internal static class AddressAttribute
{
    public const ushort Address = 1;
    public const ushort Local = 2;
}

/// <summary>Attributes of a route: linux/rtnetlink.h.</summary>
internal static class RouteAttribute
{
    public const ushort Destination = 1;
    public const ushort OutputLink = 4;
    public const ushort Gateway = 5;
    public const ushort Metric = 6;
    public const ushort PreferredSource = 7;
    public const ushort Table = 15;
}

/// <summary>Attributes in the data of a VXLAN link: linux/if_link.h.</summary>
internal static class VxlanAttribute
{
    public const ushort Id = 1;
    public const ushort Learning = 7;
    public const ushort Port = 15;
}

/// <summary>Attributes of a neighbour or of an entry of a forwarding table: linux/neighbour.h.</summary>
internal static class NeighbourAttribute
{
    public const ushort Destination = 1;
    public const ushort HardwareAddress = 2;
}
