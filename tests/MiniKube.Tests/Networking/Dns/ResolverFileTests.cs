using System.Net;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ResolverFileTests : IDisposable
{
    private static readonly IPAddress Self = IPAddress.Parse("10.43.0.10");

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_directory.Path, "resolv.conf");

    public void Dispose() => _directory.Dispose();

    [Test]
    public void Its_servers_are_asked_in_their_order_but_never_this_one()
    {
        System.IO.File.WriteAllText(
            File,
            "# mine\nnameserver 192.0.2.2\nnameserver 10.43.0.10\nnameserver 192.0.2.1 \nsearch x\nnameserver nonsense\n");

        Assert.That(Servers(new ResolverFile(File, Self, _time)), Is.EqualTo(["192.0.2.2:53", "192.0.2.1:53"]));
    }

    [Test]
    public void Without_a_file_there_is_nobody_to_ask()
        => Assert.That(Servers(new ResolverFile(File, Self, _time)), Is.Empty);

    [Test]
    public void A_change_is_followed_within_a_second_also_behind_a_link()
    {
        var target = Path.Combine(_directory.Path, "target");
        System.IO.File.WriteAllText(target, "nameserver 192.0.2.1\n");
        System.IO.File.CreateSymbolicLink(File, target);
        var resolver = new ResolverFile(File, Self, _time);
        var before = Servers(resolver);

        System.IO.File.WriteAllText(target, "nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(before, Is.EqualTo(["192.0.2.1:53"]));
        Assert.That(Servers(resolver), Is.EqualTo(["192.0.2.1:53", "192.0.2.2:53"]));
    }

    [TestCase("nameserver 127.0.0.53\n", true)]
    [TestCase("nameserver 127.0.0.53\nnameserver 192.0.2.1\n", false)]
    [TestCase("nameserver 127.0.0.1\n", false)]
    [TestCase("search x\n", false)]
    public void The_stub_of_systemd_resolved_is_looked_behind(string text, bool behind)
    {
        var real = Path.Combine(_directory.Path, "real");
        System.IO.File.WriteAllText(File, text);
        System.IO.File.WriteAllText(real, "nameserver 192.0.2.9\n");

        Assert.That(SystemResolver.FileBehind(File, real), Is.EqualTo(behind ? real : File));
    }

    private static string[] Servers(ResolverFile file) => [.. file.Current.Select(static server => server.ToString())];
}
