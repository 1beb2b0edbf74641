using System.Diagnostics.Metrics;

namespace MiniKube.Networking;

/// <summary>What the server did since its start, as instruments of the meter <c>MiniKube.Dns</c>.</summary>
internal sealed class DnsCounters : IDisposable
{
    private readonly Meter _meter = new("MiniKube.Dns");
    private readonly Counter<long> _queries;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _kept;
    private readonly Counter<long> _forwarded;
    private readonly Counter<long> _noise;

    public DnsCounters()
    {
        _queries = _meter.CreateCounter<long>("minikube_dns_queries", description: "queries that came in");
        _answers = _meter.CreateCounter<long>("minikube_dns_answers", description: "answers by status");
        _kept = _meter.CreateCounter<long>("minikube_dns_cache_hits", description: "answers of other servers given again");
        _forwarded = _meter.CreateCounter<long>("minikube_dns_forwarded", description: "queries other servers were asked for");
        _noise = _meter.CreateCounter<long>("minikube_dns_noise", description: "packets that were no query");
    }

    public void Query(bool overStream) => _queries.Add(1, new KeyValuePair<string, object?>("protocol", overStream ? "tcp" : "udp"));

    public void Answer(DnsStatus status) => _answers.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Kept() => _kept.Add(1);

    public void Forwarded() => _forwarded.Add(1);

    public void Noise() => _noise.Add(1);

    public void Dispose() => _meter.Dispose();
}
