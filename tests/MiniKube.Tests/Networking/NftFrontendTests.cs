using System.Collections.Immutable;
using System.Net;
using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class NftFrontendTests
{
    private static readonly FrontendAddress Web = new(ProxyProtocol.Tcp, IPAddress.Parse("10.43.0.7"), 80);

    [Test]
    public void An_endpoint_that_goes_is_replaced_by_the_last_one_and_nobody_else_moves()
    {
        var before = NftFrontend.Of(Plan(1, 2, 3, 4), former: null);

        var after = NftFrontend.Of(Plan(1, 3, 4), before);

        Assert.That(Pods(after), Is.EqualTo(new[] { 1, 4, 3 }));
    }

    [Test]
    public void A_new_endpoint_takes_the_place_of_one_that_goes_or_comes_last()
    {
        var before = NftFrontend.Of(Plan(1, 2, 3), former: null);

        Assert.That(Pods(NftFrontend.Of(Plan(1, 3, 9), before)), Is.EqualTo(new[] { 1, 9, 3 }));
        Assert.That(Pods(NftFrontend.Of(Plan(0, 1, 2, 3), before)), Is.EqualTo(new[] { 1, 2, 3, 0 }));
    }

    [TestCase(new int[0])]
    [TestCase(new[] { 5 })]
    [TestCase(new[] { 4, 2 })]
    [TestCase(new[] { 1, 2, 3, 4, 5, 6, 7 })]
    public void Every_endpoint_of_the_plan_has_exactly_one_place(int[] pods)
    {
        var before = NftFrontend.Of(Plan(1, 2, 3, 4), former: null);

        Assert.That(Pods(NftFrontend.Of(Plan(pods), before)), Is.EquivalentTo(pods));
    }

    [Test]
    public void A_way_in_without_endpoints_is_refused()
        => Assert.That(
            NftFrontend.Of(Plan(), former: null).Elements().Select(element => $"{element.Set} {element.Text}"),
            Is.EqualTo(new[] { "refused 10.43.0.7 . tcp . 80 : goto refuse" }));

    [Test]
    public void A_node_port_that_hides_its_clients_is_known_by_its_number_alone()
    {
        var plan = Plan(2) with { Address = Web with { Address = IPAddress.Any, Port = 30080 }, Masquerade = true };

        Assert.That(
            NftFrontend.Of(plan, former: null).Elements().Select(element => $"{element.Set} {element.Text}"),
            Is.EqualTo(new[]
            {
                "ports tcp . 30080 : goto port-pick-tcp-1",
                "masqueraded-ports tcp . 30080",
                "port-endpoints-tcp tcp . 30080 . 0 : 10.42.0.2 . 8080",
            }));
    }

    [Test]
    public void Datagrams_to_endpoints_that_went_are_forgotten_and_those_from_before_there_were_any()
    {
        var udp = Plan(1, 2) with { Address = Web with { Protocol = ProxyProtocol.Udp } };
        var two = NftFrontend.Of(udp, former: null);
        var one = NftFrontend.Of(udp with { Endpoints = Plan(2).Endpoints }, two);

        Assert.That(StaleFlow.Between(two, one).Single().Endpoint, Is.EqualTo(IPEndPoint.Parse("10.42.0.1:8080")));
        Assert.That(StaleFlow.Between(null, two).Single().Endpoint, Is.Null);
        Assert.That(StaleFlow.Between(NftFrontend.Of(Plan(1), null), null), Is.Empty, "TCP ends by itself");
    }

    private static FrontendPlan Plan(params int[] pods)
        => new(Web, [.. pods.Select(pod => IPEndPoint.Parse($"10.42.0.{pod}:8080"))]);

    private static IEnumerable<int> Pods(NftFrontend frontend)
        => frontend.Slots.Select(slot => (int)slot.Address.GetAddressBytes()[3]);
}
