using System.Net;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>A server that is asked for more than it does at once.</summary>
public sealed class LimitTests
{
    [Test, CancelAfter(120_000)]
    public async Task Many_clients_of_a_server_with_few_seats_wait_and_are_all_answered(CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync(
            TimeProvider.System,
            static options => options with { Limits = new RequestLimits { ReadingMax = 1, WritingMax = 1 } },
            cancellationToken);
        using var certificate = cluster.ClientCertificate("bob", "devs");
        using var http = cluster.HttpClient(certificate);
        http.DefaultRequestVersion = HttpVersion.Version20;
        http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        var codes = await Task.WhenAll(Enumerable.Range(0, 400).Select(async _ =>
        {
            using var answer = await http.GetAsync(new Uri("/api/v1", UriKind.Relative), cancellationToken);
            return answer.StatusCode;
        }));

        Assert.That(codes, Has.All.EqualTo(HttpStatusCode.OK));
    }
}
