using System.Net;
using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class ClusterCidrsTests
{
    [Test]
    public void A_machine_that_uses_nothing_gets_the_default_ranges()
        => Assert.That(ClusterCidrs.FirstFree([]), Is.EqualTo(ClusterCidrs.Default));

    [TestCase("10.42.0.0/24", "10.44.0.0/16")]
    [TestCase("10.43.0.10/32", "10.44.0.0/16")]
    [TestCase("10.40.0.0/13", "10.48.0.0/16")]
    [TestCase("192.168.0.0/16", "10.42.0.0/16")]
    [TestCase("0.0.0.0/0", "10.42.0.0/16")]
    public void The_first_pair_that_meets_no_route_is_taken(string used, string pods)
        => Assert.That(ClusterCidrs.FirstFree([IPNetwork.Parse(used)])!.Pods, Is.EqualTo(IPNetwork.Parse(pods)));

    [Test]
    public void A_machine_that_uses_all_of_10_has_no_free_pair()
        => Assert.That(ClusterCidrs.FirstFree([IPNetwork.Parse("10.0.0.0/8")]), Is.Null);

    [Test]
    public void A_conflict_names_the_flag_and_the_route()
    {
        var cidrs = ClusterCidrs.Default with { Services = IPNetwork.Parse("172.17.0.0/16") };

        Assert.That(
            cidrs.FindConflict([IPNetwork.Parse("172.17.0.0/24")]),
            Is.EqualTo("--service-cidr 172.17.0.0/16 overlaps 172.17.0.0/24, which this machine has a route to; "
                + "choose another range"));
    }

    [Test]
    public void Ranges_that_overlap_each_other_are_refused()
    {
        var cidrs = ClusterCidrs.Default with { Services = IPNetwork.Parse("10.42.128.0/17") };

        Assert.That(cidrs.FindConflict([]), Does.Contain("overlap"));
    }
}
