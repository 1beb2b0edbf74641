using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What a user of the official C# client does with a cluster; tells each thing that worked.</summary>
internal sealed class CSharpClient(string kubeconfig, Action<string> done)
{
    private const string Namespace = "cs-client";

    private readonly Kubernetes _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var _ = _client;
        await CreateAndListAsync(cancellationToken);
        await PatchAsync(cancellationToken);
        await WatchAsync(cancellationToken);
        await CustomResourcesAsync(cancellationToken);
        await ExecAsync(cancellationToken);
        await _client.CoreV1.DeleteNamespaceAsync(Namespace, cancellationToken: cancellationToken);
        done("all");
    }

    private async Task CreateAndListAsync(CancellationToken cancellationToken)
    {
        await _client.CoreV1.CreateNamespaceAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } }, cancellationToken: cancellationToken);
        for (var n = 0; n < 5; n++)
        {
            await CreateAsync($"cm-{n}", new() { ["n"] = $"{n}" }, new() { ["even"] = n % 2 == 0 ? "true" : "false" }, cancellationToken);
        }

        var third = await _client.CoreV1.ReadNamespacedConfigMapAsync("cm-3", Namespace, cancellationToken: cancellationToken);
        Assert.That(third.Data["n"], Is.EqualTo("3"));
        Assert.That(
            await CodeOfAsync(() => CreateAsync("cm-3", [], [], cancellationToken)), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(
            await CodeOfAsync(() => _client.CoreV1.ReadNamespacedConfigMapAsync("none", Namespace, cancellationToken: cancellationToken)),
            Is.EqualTo(HttpStatusCode.NotFound));
        done("create");

        var even = await ListAsync("even=true", null, null, cancellationToken);
        Assert.That(even.Items.Select(one => one.Name()), Is.EqualTo(new[] { "cm-0", "cm-2", "cm-4" }));
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await ListAsync("even", 2, token, cancellationToken);
            names.AddRange(page.Items.Select(one => one.Name()));
            token = page.Metadata.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(token));
        Assert.That(names, Is.EqualTo(Enumerable.Range(0, 5).Select(n => $"cm-{n}")));
        done("list");
    }

    private async Task PatchAsync(CancellationToken cancellationToken)
    {
        Task<V1ConfigMap> Patch(string body, V1Patch.PatchType type, string? manager = null)
            => _client.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(JsonNode.Parse(body), type), "cm-0", Namespace, fieldManager: manager, cancellationToken: cancellationToken);

        var json = await Patch("""[{"op": "add", "path": "/data/json", "value": "a"}]""", V1Patch.PatchType.JsonPatch);
        Assert.That(json.Data["json"], Is.EqualTo("a"));
        var merged = await Patch("""{"data": {"merge": "b", "json": null}}""", V1Patch.PatchType.MergePatch);
        Assert.That(merged.Data, Does.Not.ContainKey("json"));
        var strategic = await Patch("""{"data": {"strategic": "c"}}""", V1Patch.PatchType.StrategicMergePatch);
        Assert.That(strategic.Data["merge"], Is.EqualTo("b"));
        done("patch");

        Task<V1ConfigMap> Apply(string data, string manager)
            => Patch(
                $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm-0"}, "data": {{data}}}""",
                V1Patch.PatchType.ApplyPatch,
                manager);

        Assert.That((await Apply("""{"mine": "1"}""", "csharp")).Data["mine"], Is.EqualTo("1"));
        Assert.That(await CodeOfAsync(() => Apply("""{"mine": "2"}""", "other")), Is.EqualTo(HttpStatusCode.Conflict));
        var after = await Apply("""{"yours": "1"}""", "csharp");
        Assert.That(after.Data, Does.Not.ContainKey("mine").And.ContainKey("yours").And.ContainKey("merge"));
        done("apply");
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var start = (await ListAsync(null, null, null, cancellationToken)).Metadata.ResourceVersion;
        await CreateAsync("first", [], new() { ["watched"] = "yes" }, cancellationToken);
        Assert.That(await FirstEventAsync(start, cancellationToken), Is.EqualTo((WatchEventType.Added, "first")));

        await OutliveHistoryAsync(cancellationToken);
        var gone = Assert.ThrowsAsync<KubernetesException>(() => FirstEventAsync(start, cancellationToken));
        Assert.That(gone!.Status.Code, Is.EqualTo((int)HttpStatusCode.Gone));

        var fresh = await ListAsync("watched", null, null, cancellationToken);
        Assert.That(fresh.Items.Select(one => one.Name()), Is.EqualTo(new[] { "first" }));
        var next = FirstEventAsync(fresh.Metadata.ResourceVersion, cancellationToken);
        await _client.CoreV1.DeleteNamespacedConfigMapAsync("first", Namespace, cancellationToken: cancellationToken);
        Assert.That(await next, Is.EqualTo((WatchEventType.Deleted, "first")));
        done("watch");
    }

    /// <summary>History is kept up to a number of bytes: this writes more, so that what was before can no longer be watched.</summary>
    private async Task OutliveHistoryAsync(CancellationToken cancellationToken)
    {
        await CreateAsync("large", [], [], cancellationToken);
        for (var n = 0; n < 24; n++)
        {
            var large = ConfigMap("large", new() { ["n"] = $"{n}", ["large"] = new string('x', 900_000) }, []);
            await _client.CoreV1.ReplaceNamespacedConfigMapAsync(large, "large", Namespace, cancellationToken: cancellationToken);
        }
    }

    private async Task<(WatchEventType Type, string Name)> FirstEventAsync(string since, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var events = _client.CoreV1.WatchListNamespacedConfigMapAsync(
            Namespace,
            labelSelector: "watched",
            resourceVersion: since,
            onError: error => failure = error,
            cancellationToken: cancellationToken);
        await foreach (var (type, configMap) in events)
        {
            return (type, configMap.Name());
        }

        throw failure ?? new InvalidOperationException("the watch ended without an event");
    }

    private async Task CustomResourcesAsync(CancellationToken cancellationToken)
    {
        using var gadgets = new GenericClient(_client, "cs.example.com", "v1", "gadgets", disposeClient: false);
        await _client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(Gadget.Definition, cancellationToken: cancellationToken);
        await Eventually.GetsAsync(
            "the kind is served",
            () => CodeOfAsync(() => gadgets.ListNamespacedAsync<GadgetList>(Namespace, cancel: cancellationToken)),
            code => code == HttpStatusCode.OK,
            cancellationToken);

        var one = new Gadget { Metadata = new V1ObjectMeta { Name = "g" } };
        var made = await gadgets.CreateNamespacedAsync(one, Namespace, cancellationToken);
        Assert.That(made.Spec.Size, Is.EqualTo(3));
        Assert.That(
            await CodeOfAsync(() => gadgets.PatchNamespacedAsync<Gadget>(
                new V1Patch("""{"spec": {"size": 0}}""", V1Patch.PatchType.MergePatch), Namespace, "g", cancellationToken)),
            Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        await _client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch("""{"status": {"phase": "Ready"}}""", V1Patch.PatchType.MergePatch),
            "cs.example.com", "v1", Namespace, "gadgets", "g", cancellationToken: cancellationToken);
        Assert.That((await gadgets.ReadNamespacedAsync<Gadget>(Namespace, "g", cancellationToken)).Status?.Phase, Is.EqualTo("Ready"));
        await gadgets.DeleteNamespacedAsync<V1Status>(Namespace, "g", cancellationToken);
        await _client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync("gadgets.cs.example.com", cancellationToken: cancellationToken);
        await Eventually.GetsAsync(
            "the kind is gone",
            () => CodeOfAsync(() => gadgets.ListNamespacedAsync<GadgetList>(Namespace, cancel: cancellationToken)),
            code => code == HttpStatusCode.NotFound,
            cancellationToken);
        done("custom resources");
    }

    private async Task ExecAsync(CancellationToken cancellationToken)
    {
        var container = new V1Container
        {
            Name = "main", Image = "minikube/testbox", ImagePullPolicy = "IfNotPresent", Args = ["sleep", "infinity"],
        };
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = "shell" }, Spec = new V1PodSpec { Containers = [container] } };
        await _client.CoreV1.CreateNamespacedPodAsync(pod, Namespace, cancellationToken: cancellationToken);
        await Eventually.GetsAsync(
            "the pod runs",
            () => _client.CoreV1.ReadNamespacedPodAsync("shell", Namespace, cancellationToken: cancellationToken),
            seen => seen.Status.Phase == "Running",
            cancellationToken);

        var output = "";
        var code = await _client.NamespacedPodExecAsync(
            "shell", Namespace, "main", ["echo", "hello"], tty: false,
            async (_, stdout, _) => output = await new StreamReader(stdout).ReadToEndAsync(cancellationToken),
            cancellationToken);
        Assert.That((code, output.Trim()), Is.EqualTo((0, "hello")));
        var failed = await _client.NamespacedPodExecAsync(
            "shell", Namespace, "main", ["false"], tty: false, (_, _, _) => Task.CompletedTask, cancellationToken);
        Assert.That(failed, Is.EqualTo(1));
        await _client.CoreV1.DeleteNamespacedPodAsync("shell", Namespace, gracePeriodSeconds: 0, cancellationToken: cancellationToken);
        done("exec");
    }

    private static V1ConfigMap ConfigMap(string name, Dictionary<string, string> data, Dictionary<string, string> labels)
        => new() { Metadata = new V1ObjectMeta { Name = name, Labels = labels }, Data = data };

    private Task<V1ConfigMap> CreateAsync(
        string name, Dictionary<string, string> data, Dictionary<string, string> labels, CancellationToken cancellationToken)
        => _client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap(name, data, labels), Namespace, cancellationToken: cancellationToken);

    private Task<V1ConfigMapList> ListAsync(string? selector, int? limit, string? token, CancellationToken cancellationToken)
        => _client.CoreV1.ListNamespacedConfigMapAsync(
            Namespace, labelSelector: selector, limit: limit, continueParameter: token, cancellationToken: cancellationToken);

    private static async Task<HttpStatusCode> CodeOfAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return HttpStatusCode.OK;
        }
        catch (HttpOperationException refused)
        {
            return refused.Response.StatusCode;
        }
    }
}
