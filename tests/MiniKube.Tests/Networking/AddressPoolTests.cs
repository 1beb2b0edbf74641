using System.Net;
using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class AddressPoolTests
{
    private static readonly IPNetwork Cidr = IPNetwork.Parse("10.42.7.0/29");

    private readonly AddressPool _pool = new(Cidr, AddressLeases.None(Cidr.ToString()));

    [Test]
    public void The_first_address_is_the_gateway_and_pods_start_after_it()
    {
        var first = _pool.Lease("a");

        Assert.That(_pool.Gateway, Is.EqualTo(IPAddress.Parse("10.42.7.1")));
        Assert.That(Cidr.AddressAt(first), Is.EqualTo(IPAddress.Parse("10.42.7.2")));
    }

    [Test]
    public void A_sandbox_keeps_its_address_when_it_asks_again()
    {
        var first = _pool.Lease("a");
        _pool.Lease("b");

        Assert.That(_pool.Lease("a"), Is.EqualTo(first));
    }

    [Test]
    public void An_address_given_back_is_not_given_out_before_all_others_were()
    {
        var first = _pool.Lease("a");
        _pool.Release("a");

        var next = Enumerable.Range(0, 4).Select(i => _pool.Lease($"b{i}")).ToList();

        Assert.That(next, Is.EqualTo(new[] { 3, 4, 5, 6 }));
        Assert.That(_pool.Lease("c"), Is.EqualTo(first));
    }

    [Test]
    public void A_full_CIDR_is_refused_with_its_size()
    {
        for (var i = 0; i < 5; i++)
        {
            _pool.Lease($"a{i}");
        }

        var error = Assert.Throws<InvalidOperationException>(() => _pool.Lease("one too many"));
        Assert.That(error!.Message, Does.StartWith("all 5 pod addresses of 10.42.7.0/29 are in use"));
    }

    [Test]
    public void Leases_and_the_order_survive_being_saved_and_loaded()
    {
        _pool.Lease("a");
        _pool.Lease("b");
        _pool.Release("b");

        var again = new AddressPool(Cidr, _pool.Leases);

        Assert.That(again.Find("a"), Is.EqualTo(2));
        Assert.That(again.Lease("c"), Is.EqualTo(4));
    }

    [Test]
    public void A_reserved_address_is_passed_over()
    {
        _pool.Reserve(2);

        Assert.That(_pool.Lease("a"), Is.EqualTo(3));
    }

    [Test]
    public void A_CIDR_without_room_for_a_pod_is_refused()
    {
        var tiny = IPNetwork.Parse("10.42.7.0/31");

        Assert.Throws<InvalidOperationException>(() => new AddressPool(tiny, AddressLeases.None(tiny.ToString())).Lease("a"));
    }
}
