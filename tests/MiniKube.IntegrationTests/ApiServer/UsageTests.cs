using System.Globalization;
using System.Net;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>What <c>kubectl top</c> reads.</summary>
public sealed class UsageTests : HttpFixture
{
    private const string Root = "/apis/metrics.k8s.io/v1beta1";

    [Test, CancelAfter(30_000)]
    public async Task Nodes_and_pods_show_what_their_node_counted_since_the_reader_before(CancellationToken cancellationToken)
    {
        await RunPodAsync(cancellationToken);

        var nodes = await GetAsync($"{Root}/nodes", cancellationToken);
        var pods = await GetAsync($"{Root}/namespaces/default/pods?labelSelector=app%3Dweb", cancellationToken);
        var others = await GetAsync($"{Root}/namespaces/default/pods?labelSelector=app%3Dother", cancellationToken);
        var pod = await GetAsync($"{Root}/namespaces/default/pods/web", cancellationToken);

        var node = nodes.Json["items"]!.AsArray().Single()!;
        Assert.That(((string?)node["metadata"]!["name"], (string?)node["usage"]!["memory"]), Is.EqualTo(("n1", "1Ki")));
        Assert.That(Cores((string)node["usage"]!["cpu"]!), Is.EqualTo(0.5).Within(0.01));
        Assert.That((string?)node["window"], Does.EndWith("s"));
        Assert.That(others.Json["items"]!.AsArray(), Is.Empty);
        var container = pods.Json["items"]!.AsArray().Single()!["containers"]!.AsArray().Single()!;
        Assert.That(((string?)container["name"], (string?)container["usage"]!["memory"]), Is.EqualTo(("a", "4Ki")));
        Assert.That(Cores((string)container["usage"]!["cpu"]!), Is.EqualTo(0.25).Within(0.01));
        Assert.That((pod.Code, pod.Field("kind")), Is.EqualTo((HttpStatusCode.OK, "PodMetrics")));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_node_that_does_not_answer_is_left_out(CancellationToken cancellationToken)
    {
        await RunPodAsync(cancellationToken);
        await PostAsync("/api/v1/nodes", """{"metadata":{"name":"n2"}}""", cancellationToken);

        var nodes = await GetAsync($"{Root}/nodes", cancellationToken);
        var gone = await GetAsync($"{Root}/nodes/n2", cancellationToken);

        Assert.That(nodes.Json["items"]!.AsArray().Select(one => (string?)one!["metadata"]!["name"]), Is.EqualTo(new[] { "n1" }));
        Assert.That(gone.Field("message"), Is.EqualTo("nodemetrics.metrics.k8s.io \"n2\" not found"));
    }

    // A node that uses half a core, half of that for its one container.
    private async Task RunPodAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetUtcNow();
        Cluster.Nodes.Connect("n1", new ScriptedNode
        {
            ResourceMetrics = () =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var (time, seconds) = (now.ToUnixTimeMilliseconds(), (now - began).TotalMilliseconds / 1000);
                const string Labels = "{container=\"a\",namespace=\"default\",pod=\"web\"}";
                return string.Create(CultureInfo.InvariantCulture, $"""
                    container_cpu_usage_seconds_total{Labels} {seconds / 4} {time}
                    container_memory_working_set_bytes{Labels} 4096 {time}
                    container_start_time_seconds{Labels} 1000 {time}
                    node_cpu_usage_seconds_total {seconds / 2} {time}
                    node_memory_working_set_bytes 1024 {time}

                    """);
            },
        });
        await PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1"}}""", cancellationToken);
        await PostAsync(Pods, Pod("web", node: "n1", metadata: ",\"labels\":{\"app\":\"web\"}"), cancellationToken);
        await PatchAsync($"{Pods}/web/status", "merge", """{"status":{"phase":"Running"}}""", cancellationToken);
    }

    private static double Cores(string quantity) => double.Parse(quantity.TrimEnd('n'), CultureInfo.InvariantCulture) / 1e9;

    [Test, CancelAfter(30_000)]
    public async Task Who_never_ran_has_no_numbers(CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("web"), cancellationToken);

        var pod = await GetAsync($"{Root}/namespaces/default/pods/web", cancellationToken);
        var pods = await GetAsync($"{Root}/pods", cancellationToken);
        var made = await PostAsync($"{Root}/nodes", "{}", cancellationToken);
        var group = await GetAsync("/apis/metrics.k8s.io/v1beta1", cancellationToken);

        Assert.That(pod.Code, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(pod.Field("message"), Is.EqualTo("podmetrics.metrics.k8s.io \"default/web\" not found"));
        Assert.That(pods.Json["items"]!.AsArray(), Is.Empty);
        Assert.That(pods.Field("kind"), Is.EqualTo("PodMetricsList"));
        Assert.That(made.Code, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(group.Json["resources"]!.AsArray().Select(one => (string?)one!["name"]), Is.EqualTo(new[] { "nodes", "pods" }));
    }
}
