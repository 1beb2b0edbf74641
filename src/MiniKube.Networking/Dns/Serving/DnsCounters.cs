using System.Diagnostics.Metrics;

namespace MiniKube.Networking;

/// <summary>
/// What the server did since its start, as instruments of the meter <c>MiniKube.Dns</c>. Counting costs an addition; the rest is
/// done when somebody reads. Thread-safe.
/// </summary>
internal sealed class DnsCounters : IDisposable
{
    private const int StatusesMax = 17;

    private readonly Meter _meter = new("MiniKube.Dns");
    private readonly long[] _answers = new long[StatusesMax];
    private long _datagrams;
    private long _streams;
    private long _kept;
    private long _forwarded;
    private long _noise;

    public DnsCounters()
    {
        _meter.CreateObservableCounter(
            "minikube_dns_queries_total", () => new[] { Of(ref _datagrams, "protocol", "udp"), Of(ref _streams, "protocol", "tcp") },
            description: "DNS queries that came in.");
        _meter.CreateObservableCounter(
            "minikube_dns_answers_total", () => Enumerable.Range(0, StatusesMax)
                .Where(status => Volatile.Read(ref _answers[status]) > 0)
                .Select(status => Of(ref _answers[status], "status", ((DnsStatus)status).ToString())),
            description: "DNS answers by status.");
        _meter.CreateObservableCounter(
            "minikube_dns_cache_hits_total", () => Volatile.Read(ref _kept), description: "DNS answers of other servers given again.");
        _meter.CreateObservableCounter(
            "minikube_dns_forwarded_total", () => Volatile.Read(ref _forwarded), description: "DNS queries that others were asked for.");
        _meter.CreateObservableCounter(
            "minikube_dns_noise_total", () => Volatile.Read(ref _noise), description: "Packets that were no DNS query.");
    }

    public void Query(bool overStream) => Interlocked.Increment(ref overStream ? ref _streams : ref _datagrams);

    public void Answer(DnsStatus status) => Interlocked.Increment(ref _answers[(int)status]);

    public void Kept() => Interlocked.Increment(ref _kept);

    public void Forwarded() => Interlocked.Increment(ref _forwarded);

    public void Noise() => Interlocked.Increment(ref _noise);

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Of(ref long count, string label, string value)
        => new(Volatile.Read(ref count), new KeyValuePair<string, object?>(label, value));
}
