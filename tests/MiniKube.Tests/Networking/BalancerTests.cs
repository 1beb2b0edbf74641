using System.Net;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class BalancerTests
{
    private static readonly IPAddress Client = IPAddress.Parse("10.42.0.99");
    private static readonly IPEndPoint[] Endpoints = [.. Enumerable.Range(1, 3).Select(i => IPEndPoint.Parse($"10.42.0.{i}:80"))];

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void Endpoints_take_turns()
    {
        var balancer = NewBalancer(affinity: null);

        var chosen = Enumerable.Range(0, 6).Select(_ => balancer.Choose(Client, [])).ToList();

        Assert.That(chosen.Take(3), Is.EquivalentTo(Endpoints));
        Assert.That(chosen.Skip(3), Is.EqualTo(chosen.Take(3)));
    }

    [Test]
    public void Tried_endpoints_are_passed_over_until_none_is_left()
    {
        var balancer = NewBalancer(affinity: null);

        Assert.That(balancer.Choose(Client, Endpoints[..2]), Is.EqualTo(Endpoints[2]));
        Assert.That(balancer.Choose(Client, Endpoints), Is.Null);
    }

    [Test]
    public void A_client_with_affinity_stays_until_it_was_silent_for_the_timeout()
    {
        var balancer = NewBalancer(TimeSpan.FromMinutes(1));
        balancer.Remember(Client, Endpoints[1]);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(Enumerable.Range(0, 5).Select(_ => balancer.Choose(Client, [])), Is.All.EqualTo(Endpoints[1]));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Enumerable.Range(0, 3).Select(_ => balancer.Choose(Client, [])), Is.EquivalentTo(Endpoints));
    }

    [Test]
    public void A_client_whose_endpoint_went_or_refused_gets_another()
    {
        var balancer = NewBalancer(TimeSpan.FromMinutes(1));
        balancer.Remember(Client, Endpoints[1]);

        Assert.That(balancer.Choose(Client, [Endpoints[1]]), Is.Not.EqualTo(Endpoints[1]));

        balancer.Publish(balancer.Plan with { Endpoints = [Endpoints[0]] });
        Assert.That(balancer.Choose(Client, []), Is.EqualTo(Endpoints[0]));
    }

    private Balancer NewBalancer(TimeSpan? affinity)
    {
        var address = new FrontendAddress(ProxyProtocol.Tcp, IPAddress.Parse("10.43.0.1"), 80);
        return new Balancer(new FrontendPlan(address, [.. Endpoints]) { Affinity = affinity }, _time, new Random(3));
    }
}
