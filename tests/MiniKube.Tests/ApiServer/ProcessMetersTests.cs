using MiniKube.ApiServer;
using MiniKube.Networking;

namespace MiniKube.Tests;

public sealed class ProcessMetersTests
{
    [Test]
    public void What_the_DNS_server_counted_is_among_the_metrics()
    {
        using var meters = new ProcessMeters();
        using var counters = new DnsCounters();
        counters.Query(overStream: false);
        counters.Query(overStream: false);
        counters.Answer(DnsStatus.NameError);
        counters.Forwarded();

        var text = meters.Write();

        Assert.That(text, Does.Contain("# TYPE minikube_dns_queries_total counter\n"));
        Assert.That(text, Does.Contain("minikube_dns_queries_total{protocol=\"udp\"} 2\n"));
        Assert.That(text, Does.Contain("minikube_dns_answers_total{status=\"NameError\"} 1\n"));
        Assert.That(text, Does.Contain("minikube_dns_forwarded_total 1\n"));
    }
}
