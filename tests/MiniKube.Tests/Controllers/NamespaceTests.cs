using k8s.Models;
using MiniKube.Api;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class NamespaceTests
{
    private static ObjectKey Key => ObjectKey.Cluster("team");

    [Test, CancelAfter(20_000)]
    public async Task A_new_namespace_gets_its_service_account_and_root_certificate(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await CreateAsync(cluster, cancellationToken);

        await cluster.UntilAsync("the account", () => cluster.Find<V1ServiceAccount>("default", "team") is not null, cancellationToken);
        await cluster.UntilAsync(
            "the certificate",
            () => Certificate(cluster)?.StartsWith("-----BEGIN", StringComparison.Ordinal) == true,
            cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task What_every_namespace_has_comes_back_when_it_is_deleted_or_changed(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await CreateAsync(cluster, cancellationToken);
        await cluster.UntilAsync("the certificate", () => Certificate(cluster) is not null, cancellationToken);

        await cluster.ChangeAsync<V1ConfigMap>(
            new ObjectKey("team", "kube-root-ca.crt"), map => map.Data["ca.crt"] = "forged", cancellationToken);
        await cluster.Client.DeleteAsync<V1ServiceAccount>(new ObjectKey("team", "default"), null, cancellationToken);

        await cluster.UntilAsync("the account", () => cluster.Find<V1ServiceAccount>("default", "team") is not null, cancellationToken);
        await cluster.UntilAsync(
            "the certificate", () => Certificate(cluster) != "forged", cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_deleted_namespace_is_emptied_says_what_is_left_and_goes(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await CreateAsync(cluster, cancellationToken);
        await cluster.Client.CreateAsync(Objects.ConfigMap("a", "team"), cancellationToken);
        var held = Objects.ConfigMap("held", "team");
        held.Metadata.Finalizers = ["example.com/hold"];
        await cluster.Client.CreateAsync(held, cancellationToken);

        await cluster.Client.DeleteAsync<V1Namespace>(Key, null, cancellationToken);
        await cluster.UntilAsync(
            "the condition",
            () => Condition(cluster, "NamespaceFinalizersRemaining")?.Message
                == "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
            cancellationToken);
        var left = cluster.All<V1ConfigMap>().Select(map => map.Metadata.Name).ToList();
        var phase = cluster.Find<V1Namespace>("team", "")!.Status.Phase;

        await cluster.ChangeAsync<V1ConfigMap>(
            new ObjectKey("team", "held"), map => map.Metadata.Finalizers = null, cancellationToken);
        await cluster.UntilAsync("gone", () => cluster.Find<V1Namespace>("team", "") is null, cancellationToken);

        Assert.That(left, Is.EqualTo(new[] { "held" }));
        Assert.That(phase, Is.EqualTo("Terminating"));
    }

    private static string? Certificate(ControllerCluster cluster)
        => cluster.Find<V1ConfigMap>("kube-root-ca.crt", "team")?.Data["ca.crt"];

    private static V1NamespaceCondition? Condition(ControllerCluster cluster, string type)
        => cluster.Find<V1Namespace>("team", "")?.Status?.Conditions?.FirstOrDefault(one => one.Type == type);

    private static Task<V1Namespace> CreateAsync(ControllerCluster cluster, CancellationToken cancellationToken)
        => cluster.Client.CreateAsync(
            new V1Namespace
            {
                Metadata = new V1ObjectMeta { Name = "team" },
                Spec = new V1NamespaceSpec { Finalizers = ["kubernetes"] },
            },
            cancellationToken);
}
