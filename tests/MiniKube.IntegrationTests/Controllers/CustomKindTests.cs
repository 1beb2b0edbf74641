using System.Text;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Controllers that treat all kinds alike, and custom kinds.</summary>
public sealed class CustomKindTests
{
    private static readonly Gvr Resource = new("example.com", "v1", "widgets");

    [Test, CancelAfter(60_000)]
    public async Task A_deleted_namespace_goes_with_its_custom_objects(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var widgets = await DefineAsync(cluster, cancellationToken);
        await cluster.Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = "team" } }, cancellationToken);
        await widgets.CreateAsync(Widget("a", "team"), cancellationToken);

        await cluster.Client.DeleteAsync<V1Namespace>(ObjectKey.Cluster("team"), null, cancellationToken);

        await Eventually.HoldsAsync(
            "the namespace and the widget are gone",
            async () => await cluster.Client.FindAsync<V1Namespace>(ObjectKey.Cluster("team"), cancellationToken) is null
                && (await widgets.ListAsync<CustomObject>(ObjectQuery.All, cancellationToken)).Items.Count == 0,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_a_custom_object_owns_goes_with_it(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var widgets = await DefineAsync(cluster, cancellationToken);
        var owner = await widgets.CreateAsync(Widget("owner"), cancellationToken);
        await cluster.Client.CreateAsync(MapOf(owner, "owned"), cancellationToken);
        var below = Widget("below");
        below.Metadata.OwnerReferences = [ReferenceTo(owner)];
        await widgets.CreateAsync(below, cancellationToken);

        await widgets.DeleteAsync<CustomObject>(owner.Key(), null, cancellationToken);

        await Eventually.HoldsAsync(
            "both are gone",
            async () => await cluster.Client.FindAsync<V1ConfigMap>(new ObjectKey("default", "owned"), cancellationToken) is null
                && await widgets.FindAsync<CustomObject>(below.Key(), cancellationToken) is null,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_custom_objects_own_goes_with_their_definition(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var widgets = await DefineAsync(cluster, cancellationToken);
        var owner = await widgets.CreateAsync(Widget("owner"), cancellationToken);
        await cluster.Client.CreateAsync(MapOf(owner, "owned"), cancellationToken);

        await cluster.Client.DeleteAsync<V1CustomResourceDefinition>(ObjectKey.Cluster(Widgets.DefinitionName), null, cancellationToken);

        await Eventually.HoldsAsync(
            "the definition and the map are gone",
            async () => await cluster.Client.FindAsync<V1ConfigMap>(new ObjectKey("default", "owned"), cancellationToken) is null
                && await cluster.Client.FindAsync<V1CustomResourceDefinition>(
                    ObjectKey.Cluster(Widgets.DefinitionName), cancellationToken) is null,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_names_an_owner_that_is_gone_goes_once_the_owners_kind_is_known(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var absent = Widget("absent");
        absent.Metadata.Uid = "c0ffee00-0000-4000-8000-000000000000";
        await cluster.Client.CreateAsync(MapOf(absent, "owned"), cancellationToken);

        await DefineAsync(cluster, cancellationToken);

        await Eventually.HoldsAsync(
            "the map is gone",
            async () => await cluster.Client.FindAsync<V1ConfigMap>(new ObjectKey("default", "owned"), cancellationToken) is null,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_official_client_reads_lists_and_watches_custom_objects(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await DefineAsync(cluster, cancellationToken);
        using var kubernetes = cluster.Server.KubernetesClient();
        using var client = new GenericClient(kubernetes, "example.com", "v1", "widgets", disposeClient: false);

        var created = await client.CreateNamespacedAsync(
            new WidgetModel
            {
                ApiVersion = "example.com/v1",
                Kind = "Widget",
                Metadata = new V1ObjectMeta { Name = "a" },
                Spec = new WidgetSpec { Size = "large" },
            },
            "default", cancellationToken);
        var listed = await client.ListNamespacedAsync<WidgetList>("default", cancel: cancellationToken);
        await using var events = client.WatchNamespacedAsync<WidgetModel>("default", cancel: cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await events.MoveNextAsync();

        Assert.That(created.Spec!.Replicas, Is.EqualTo(1));
        Assert.That(listed.Items!.Select(one => one.Spec!.Size), Is.EqualTo(["large"]));
        Assert.That(events.Current.Item1, Is.EqualTo(WatchEventType.Added));
        Assert.That(events.Current.Item2.Metadata.Uid, Is.EqualTo(created.Metadata.Uid));
    }

    private static async Task<IApiClient> DefineAsync(ControlPlaneCluster cluster, CancellationToken cancellationToken)
    {
        var definition = ObjectJson.Decode<V1CustomResourceDefinition>(Encoding.UTF8.GetBytes(Widgets.Definition));
        await cluster.Client.CreateAsync(definition, cancellationToken);
        await Eventually.HoldsAsync(
            "the definition is established",
            async () => (await cluster.Client.FindAsync<V1CustomResourceDefinition>(
                ObjectKey.Cluster(Widgets.DefinitionName), cancellationToken))!.Status?.Conditions?
                .Any(one => one is { Type: "Established", Status: "True" }) == true,
            cancellationToken);
        return cluster.Server.Server.CreateClient(Resource, "system:admin");
    }

    private static CustomObject Widget(string name, string space = "default") => new()
    {
        ApiVersion = "example.com/v1",
        Kind = "Widget",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space },
        Body = new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["size"] = "small" } },
    };

    private static V1ConfigMap MapOf(CustomObject owner, string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", OwnerReferences = [ReferenceTo(owner)] },
    };

    private static V1OwnerReference ReferenceTo(CustomObject owner)
        => new() { ApiVersion = owner.ApiVersion, Kind = owner.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid };

    private sealed class WidgetModel : IKubernetesObject<V1ObjectMeta>
    {
        [System.Text.Json.Serialization.JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("kind")]
        public string Kind { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("metadata")]
        public V1ObjectMeta Metadata { get; set; } = new();

        [System.Text.Json.Serialization.JsonPropertyName("spec")]
        public WidgetSpec? Spec { get; set; }
    }

    private sealed class WidgetSpec
    {
        [System.Text.Json.Serialization.JsonPropertyName("size")]
        public string Size { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("replicas")]
        public int? Replicas { get; set; }
    }

    private sealed class WidgetList : IKubernetesObject<V1ListMeta>
    {
        [System.Text.Json.Serialization.JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("kind")]
        public string Kind { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("metadata")]
        public V1ListMeta Metadata { get; set; } = new();

        [System.Text.Json.Serialization.JsonPropertyName("items")]
        public List<WidgetModel>? Items { get; set; }
    }
}
