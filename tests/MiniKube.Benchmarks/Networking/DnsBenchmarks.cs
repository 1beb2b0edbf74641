using BenchmarkDotNet.Attributes;
using Makaretu.Dns;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Benchmarks;

/// <summary>What one DNS answer costs, from packet to packet, without the sockets.</summary>
[MemoryDiagnoser]
public class DnsBenchmarks
{
    private readonly TestNames _names = new();
    private readonly byte[] _reply = new byte[DnsWire.MessageBytesMax];
    private readonly DnsCounters _counters = new();
    private readonly DnsResponder _responder;
    private readonly byte[] _known = DnsClient.Query("web.default.svc.cluster.local", DnsType.A, 1_232);
    private readonly byte[] _many = DnsClient.Query("many.default.svc.cluster.local", DnsType.A, 1_232);
    private readonly byte[] _unknown = DnsClient.Query("aaaaaaaa.default.svc.cluster.local", DnsType.A, 1_232);
    private int _turn;

    /// <summary>A cluster of 5,000 Services and one headless one of 50 endpoints.</summary>
    public DnsBenchmarks()
    {
        var cache = new AnswerCache(10_000);
        var forwarder = new Forwarder(new GivenServers(), cache, TimeProvider.System, NullLogger.Instance);
        _responder = new DnsResponder(_names.Answerer, _names.Directory, cache, forwarder, _counters, TimeProvider.System);
        _names.Put(ServiceObjects.Service("web", "10.43.0.7", 80));
        _names.Put(
            TestNames.Headless("many"),
            TestNames.Slice("many", "http", 80, Enumerable.Range(1, 50).Select(number => TestNames.Endpoint($"10.42.7.{number}"))));
        for (var service = 0; service < 5_000; service++)
        {
            _names.Put(ServiceObjects.Service($"service-{service}", $"10.43.{1 + (service / 250)}.{service % 250}", 80));
        }
    }

    [GlobalCleanup]
    public void Close() => _counters.Dispose();

    [Benchmark(Baseline = true)]
    public int A_service_asked_for_again() => _responder.TryAnswer(_known, overStream: false, _reply);

    [Benchmark]
    public int Fifty_addresses_asked_for_again() => _responder.TryAnswer(_many, overStream: false, _reply);

    /// <summary>What a client's search list makes of every other name.</summary>
    [Benchmark]
    public int A_new_name_that_does_not_exist()
    {
        var number = _turn++;
        for (var place = 0; place < 8; place++)
        {
            _unknown[13 + place] = (byte)('a' + ((number >> (4 * place)) & 0xF));
        }

        return _responder.TryAnswer(_unknown, overStream: false, _reply);
    }
}
