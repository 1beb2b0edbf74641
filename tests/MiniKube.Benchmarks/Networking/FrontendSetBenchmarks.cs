using System.Collections.Immutable;
using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Networking;

namespace MiniKube.Benchmarks;

/// <summary>What one change of endpoints costs the service proxy among many Services.</summary>
[MemoryDiagnoser]
public class FrontendSetBenchmarks
{
    private const int EndpointsPerService = 10;

    private readonly FrontendSet _frontends = new(TimeProvider.System, new Random(1), NullLogger.Instance);
    private int _turn;

    [Params(100, 5_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public async Task OpenAll()
    {
        for (var service = 0; service < Services; service++)
        {
            await _frontends.ApplyAsync(Key(service), Plans(service, EndpointsPerService));
        }
    }

    [GlobalCleanup]
    public Task CloseAll() => _frontends.CloseAsync();

    [Benchmark]
    public Task One_endpoint_of_one_service_changes()
    {
        var service = _turn++ % Services;
        return _frontends.ApplyAsync(Key(service), Plans(service, EndpointsPerService - (_turn & 1)));
    }

    private static ObjectKey Key(int service) => new("default", $"service-{service}");

    private static ImmutableArray<FrontendPlan> Plans(int service, int endpoints)
    {
        var address = IPAddress.Parse($"127.43.{service / 250}.{(service % 250) + 1}");
        var pods = Enumerable.Range(1, endpoints).Select(pod => new IPEndPoint(IPAddress.Parse($"10.42.0.{pod}"), 80));
        return [new FrontendPlan(new FrontendAddress(ProxyProtocol.Tcp, address, 80), [.. pods])];
    }
}
