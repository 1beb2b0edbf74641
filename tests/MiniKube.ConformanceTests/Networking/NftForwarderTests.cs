using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Networking;

namespace MiniKube.ConformanceTests;

/// <summary>What the kernel is told, and how long it takes to tell it (printed, not judged).</summary>
[Category("LinuxRoot")]
[NonParallelizable]
public sealed class NftForwarderTests
{
    private const int EndpointsPerService = 10;

    private readonly string _instance = PodNetworkOptions.InstanceNameOf($"/tmp/{Guid.NewGuid():n}");
    private NftForwarder _forwarder = null!;
    private HostCommand _nft = null!;

    private string Table => NftTables.NameOf(_instance);

    [SetUp]
    public void Start()
    {
        LinuxRoot.Require();
        LinuxRoot.RequireProgram("nft");
        _nft = HostCommand.Find("nft")!;
        var options = new ServiceProxyOptions
        {
            NodeName = "node",
            BridgeName = _instance,
            ServiceCidr = IPNetwork.Parse("10.43.0.0/16"),
            ClusterCidr = IPNetwork.Parse("10.42.0.0/16"),
        };
        _forwarder = new NftForwarder(options, _nft, NullLogger.Instance);
    }

    [TearDown]
    public Task RemoveTables() => NftTables.RemoveAsync(_instance, CancellationToken.None);

    [Test, CancelAfter(120_000)]
    public async Task Five_thousand_services_are_loaded_and_one_change_among_them_is_applied(CancellationToken cancellationToken)
    {
        var all = new ServicePlans();
        for (var service = 0; service < 5_000; service++)
        {
            all[Key(service)] = [Plan(service, EndpointsPerService)];
        }

        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        await _forwarder.StartAsync(all, cancellationToken);
        await TestContext.Out.WriteLineAsync($"first load: {time.GetElapsedTime(start).TotalMilliseconds:f0} ms");

        var changes = new List<double>();
        for (var turn = 0; turn < 20; turn++)
        {
            start = time.GetTimestamp();
            var change = new ServicePlans { [Key(turn)] = [Plan(turn, EndpointsPerService - 1)] };
            await _forwarder.ApplyAsync(change, cancellationToken);
            changes.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }

        changes.Sort();
        await TestContext.Out.WriteLineAsync($"one change: median {changes[10]:f0} ms, slowest {changes[^1]:f0} ms");
        Assert.That(await HasAsync("endpoints-tcp { 10.43.19.249 . tcp . 80 . 9 }", cancellationToken), Is.True);
        Assert.That(await HasAsync("endpoints-tcp { 10.43.0.1 . tcp . 80 . 9 }", cancellationToken), Is.False, "went with the change");
        Assert.That(await HasAsync("endpoints-tcp { 10.43.0.1 . tcp . 80 . 8 }", cancellationToken), Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_way_in_with_affinity_or_source_ranges_leaves_nothing_behind(CancellationToken cancellationToken)
    {
        var plain = Plan(1, 3);
        var rich = plain with { Affinity = TimeSpan.FromHours(3), Sources = [IPNetwork.Parse("192.0.2.0/24")] };
        await _forwarder.StartAsync(new ServicePlans { [Key(1)] = [plain] }, cancellationToken);
        var before = await ListAsync(cancellationToken);

        await _forwarder.ApplyAsync(new ServicePlans { [Key(1)] = [rich] }, cancellationToken);
        var between = await ListAsync(cancellationToken);
        await _forwarder.ApplyAsync(
            new ServicePlans { [Key(1)] = [rich with { Endpoints = Plan(1, 2).Endpoints }] }, cancellationToken);
        await _forwarder.ApplyAsync(new ServicePlans { [Key(1)] = [plain] }, cancellationToken);

        Assert.That(between, Does.Contain("stay-10.43.0.2-tcp-80-10800").And.Contain("192.0.2.0/24"));
        Assert.That(await ListAsync(cancellationToken), Is.EqualTo(before));
    }

    private static ObjectKey Key(int service) => new("default", $"service-{service}");

    private static FrontendPlan Plan(int service, int endpoints)
    {
        var address = IPAddress.Parse($"10.43.{service / 250}.{(service % 250) + 1}");
        return new FrontendPlan(
            new FrontendAddress(ProxyProtocol.Tcp, address, 80),
            [.. Enumerable.Range(2, endpoints).Select(pod => IPEndPoint.Parse($"10.42.{service % 200}.{pod}:8080"))]);
    }

    private async Task<bool> HasAsync(string element, CancellationToken cancellationToken)
        => (await _nft.RunAsync(["get", "element", "ip", Table, .. element.Split(' ', 2)], "", cancellationToken)).ExitCode == 0;

    private async Task<string> ListAsync(CancellationToken cancellationToken)
        => (await _nft.RunAsync(["list", "table", "ip", Table], "", cancellationToken)).Output;
}
