using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class NetlinkWireTests
{
    [Test]
    public void Attributes_are_padded_and_read_back_with_their_own_length()
    {
        var request = new NetlinkRequest(RouteMessage.NewLink, RequestFlags.Acknowledge)
            .LinkHeader(index: 7, up: true)
            .Text(LinkAttribute.Name, "eth0")
            .Nest(LinkAttribute.LinkData, data => data.Text(LinkAttribute.DataKind, "veth"))
            .Number(LinkAttribute.Mtu, 1_400);

        var datagram = new NetlinkReader(request.Finish(sequence: 3));

        Assert.That(datagram.TryReadMessage(out var message), Is.True);
        Assert.That(message.Sequence, Is.EqualTo(3));
        Assert.That(
            RouteParser.Link(message),
            Is.EqualTo(new Link(7, "eth0", "veth", IsUp: true, MasterIndex: 0, Mtu: 1_400)));
        Assert.That(datagram.TryReadMessage(out _), Is.False);
    }

    [TestCase(new byte[] { })]
    [TestCase(new byte[] { 8, 0, 1 })]
    [TestCase(new byte[] { 8, 0, 1, 0, 9 }, TestName = "longer than what is there")]
    [TestCase(new byte[] { 3, 0, 1, 0 }, TestName = "shorter than its own header")]
    [TestCase(new byte[] { 0, 0, 0, 0 }, TestName = "no length")]
    public void A_broken_attribute_ends_the_reading(byte[] bytes)
        => Assert.That(new NetlinkReader(bytes).TryReadAttribute(out _, out _), Is.False);

    [Test]
    public void A_broken_message_ends_the_reading()
    {
        var whole = new NetlinkRequest(RouteMessage.GetLink, RequestFlags.Dump).LinkHeader(0, up: false).Finish(1);

        Assert.That(new NetlinkReader(whole[..^1]).TryReadMessage(out _), Is.False);
        Assert.That(new NetlinkReader(whole[..10]).TryReadMessage(out _), Is.False);
    }
}
