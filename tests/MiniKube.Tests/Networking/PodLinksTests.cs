using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class PodLinksTests
{
    private readonly PodLinks _links = new("mk-01234567");

    [TestCase(2, "mk-012345670002")]
    [TestCase(0xffff, "mk-01234567ffff")]
    public void A_link_name_tells_the_offset_and_fits_the_kernel(int offset, string name)
    {
        Assert.That(_links.NodeSide(offset), Is.EqualTo(name).And.Length.LessThanOrEqualTo(15));
        Assert.That(_links.OffsetOf(name), Is.EqualTo(offset));
    }

    [TestCase("mk-01234567")]
    [TestCase("mk-012345680002")]
    [TestCase("mk-01234567000g")]
    [TestCase("eth0")]
    public void Other_links_are_not_ours(string name) => Assert.That(_links.OffsetOf(name), Is.Null);

    [Test]
    public void Every_spelling_of_a_data_directory_has_the_same_instance_name()
    {
        var name = PodNetworkOptions.InstanceNameOf("/var/lib/minikube");

        Assert.That(name, Does.Match("^mk-[0-9a-f]{8}$"));
        Assert.That(PodNetworkOptions.InstanceNameOf("/var/lib/../lib/minikube/"), Is.EqualTo(name));
        Assert.That(PodNetworkOptions.InstanceNameOf("/var/lib/minikube2"), Is.Not.EqualTo(name));
    }
}
