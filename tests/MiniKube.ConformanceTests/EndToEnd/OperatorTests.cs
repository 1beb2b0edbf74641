using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// An operator as people write them with the C# client, against the real binary: a custom kind, a controller in two replicas of which
/// one leads, and webhooks that complete and refuse.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class OperatorTests : ControlPlaneFixture
{
    private const string Space = "default";

    private static string Rule => AdmissionWebhookServer.Rule("CREATE,UPDATE", Site.Plural, Site.Group);

    [Test, CancelAfter(180_000)]
    public async Task An_operator_completes_refuses_reconciles_and_hands_over(CancellationToken cancellationToken)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(Cluster.Kubeconfig);
        using var client = new Kubernetes(config);
        using var sites = new GenericClient(client, Site.Group, Site.Version, Site.Plural, disposeClient: false);
        await using var webhooks = await AdmissionWebhookServer.StartAsync(cancellationToken);
        await DefineAsync(client, cancellationToken);
        await InstallAsync(client, webhooks, cancellationToken);
        var first = new SiteOperator(config, "first");
        await Eventually.HoldsAsync("the first replica leads", () => Task.FromResult(first.IsLeading), cancellationToken);
        await using var second = new SiteOperator(config, "second");

        await sites.CreateNamespacedAsync(SiteOf("a", "hello", null), Space, cancellationToken);
        var served = await ServedAsync(sites, "a", cancellationToken);
        var map = await client.CoreV1.ReadNamespacedConfigMapAsync("site-a", Space, cancellationToken: cancellationToken);
        var refusal = Assert.ThrowsAsync<HttpOperationException>(
            () => sites.CreateNamespacedAsync(SiteOf("big", "hello", 50), Space, cancellationToken));
        var wasLeadingAlone = !second.IsLeading;
        await first.DisposeAsync();
        await Eventually.HoldsAsync("the second replica leads", () => Task.FromResult(second.IsLeading), cancellationToken);
        await sites.CreateNamespacedAsync(SiteOf("b", "bonjour", 3), Space, cancellationToken);
        var handedOver = await ServedAsync(sites, "b", cancellationToken);
        await sites.DeleteNamespacedAsync<V1Status>(Space, "a", cancellationToken);

        Assert.That(served.Spec.Replicas, Is.EqualTo(2), "the mutating webhook completes");
        Assert.That((served.Status!.ObservedReplicas, served.Status.ServedBy), Is.EqualTo((2, "first")));
        Assert.That(map.Data["greeting"], Is.EqualTo("hello"));
        Assert.That(map.Metadata.OwnerReferences.Single().Uid, Is.EqualTo(served.Metadata.Uid));
        Assert.That(refusal!.Response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(refusal.Response.Content, Does.Contain("admission webhook").And.Contain("denied the request: at most 10 replicas"));
        Assert.That(wasLeadingAlone, Is.True);
        Assert.That((handedOver.Status!.ObservedReplicas, handedOver.Status.ServedBy), Is.EqualTo((3, "second")));
        await Eventually.HoldsAsync(
            "the ConfigMap of a deleted Site is collected",
            async () => (await client.CoreV1.ListNamespacedConfigMapAsync(Space, cancellationToken: cancellationToken))
                .Items.All(static one => one.Metadata.Name != "site-a"),
            cancellationToken);
    }

    private static Site SiteOf(string name, string greeting, int? replicas) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new SiteSpec { Greeting = greeting, Replicas = replicas },
    };

    private static async Task DefineAsync(Kubernetes client, CancellationToken cancellationToken)
    {
        var definition = KubernetesJson.Deserialize<V1CustomResourceDefinition>(Site.Definition);
        await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(definition, cancellationToken: cancellationToken);
        await Eventually.HoldsAsync("sites are served", async () =>
        {
            var found = await client.ApiextensionsV1.ReadCustomResourceDefinitionAsync(
                definition.Metadata.Name, cancellationToken: cancellationToken);
            return found.Status?.Conditions?.Any(static one => one is { Type: "Established", Status: "True" }) == true;
        }, cancellationToken);
    }

    private static async Task InstallAsync(Kubernetes client, AdmissionWebhookServer webhooks, CancellationToken cancellationToken)
    {
        webhooks.Patch("/complete", static request => request["object"]!["spec"]!["replicas"] is null
            ? """[{"op":"add","path":"/spec/replicas","value":2}]"""
            : null);
        webhooks.On("/check", static request => (int)request["object"]!["spec"]!["replicas"]! <= 10
            ? null
            : AdmissionWebhookServer.Refused("""{"code":403,"reason":"Forbidden","message":"at most 10 replicas"}"""));
        await client.AdmissionregistrationV1.CreateMutatingWebhookConfigurationAsync(
            KubernetesJson.Deserialize<V1MutatingWebhookConfiguration>(Configuration(webhooks.Hook("/complete", Rule))),
            cancellationToken: cancellationToken);
        await client.AdmissionregistrationV1.CreateValidatingWebhookConfigurationAsync(
            KubernetesJson.Deserialize<V1ValidatingWebhookConfiguration>(Configuration(webhooks.Hook("/check", Rule))),
            cancellationToken: cancellationToken);
    }

    private static string Configuration(string hook) => $$"""{"metadata":{"name":"sites"},"webhooks":[{{hook}}]}""";

    private static Task<Site> ServedAsync(GenericClient sites, string name, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"site {name} is served",
            () => sites.ReadNamespacedAsync<Site>(Space, name, cancellationToken),
            static site => site.Status?.ServedBy is not null,
            cancellationToken);
}
