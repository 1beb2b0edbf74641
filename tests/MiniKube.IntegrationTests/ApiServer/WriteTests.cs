using System.Net;

namespace MiniKube.IntegrationTests;

public sealed class WriteTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task A_dry_run_goes_through_everything_and_leaves_nothing(CancellationToken cancellationToken)
    {
        var created = await PostAsync($"{Deployments}?dryRun=All", Deployment("web"), cancellationToken);
        var found = await GetAsync($"{Deployments}/web", cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(created.Field("spec", "strategy", "type"), Is.EqualTo("RollingUpdate"));
        Assert.That(created.Field("metadata", "uid"), Is.Not.Empty);
        Assert.That(created.Field("metadata", "resourceVersion"), Is.Null);
        Assert.That(found.Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_that_changes_nothing_writes_nothing(CancellationToken cancellationToken)
    {
        var created = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var updated = await PutAsync($"{ConfigMaps}/a", created.Text, cancellationToken);
        var patched = await PatchAsync($"{ConfigMaps}/a", "merge", """{"data":{"k":"v"}}""", cancellationToken);

        Assert.That(updated.Revision, Is.EqualTo(created.Revision));
        Assert.That(patched.Revision, Is.EqualTo(created.Revision));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_must_agree_with_its_path(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var otherName = await PutAsync($"{ConfigMaps}/a", ConfigMap("b"), cancellationToken);
        var otherSpace = await PutAsync(
            $"{ConfigMaps}/a", ConfigMap("a", ",\"namespace\":\"other\""), cancellationToken);
        var otherUid = await PutAsync($"{ConfigMaps}/a", ConfigMap("a", ",\"uid\":\"x\""), cancellationToken);

        Assert.That(
            new[] { otherName.Code, otherSpace.Code, otherUid.Code },
            Is.EqualTo(new[] { HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.Conflict }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_stale_update_is_a_conflict_in_the_words_of_Kubernetes(CancellationToken cancellationToken)
    {
        var first = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PutAsync($"{ConfigMaps}/a", ConfigMap("a", value: "2"), cancellationToken);

        var stale = await PutAsync(
            $"{ConfigMaps}/a", ConfigMap("a", $",\"resourceVersion\":\"{first.Revision}\"", "3"), cancellationToken);

        Assert.That(stale.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(stale.Field("message"), Is.EqualTo(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
            + "please apply your changes to the latest version and try again"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Generation_counts_changes_of_the_specification_only(CancellationToken cancellationToken)
    {
        await PostAsync(Deployments, Deployment("web"), cancellationToken);

        var labelled = await PatchAsync($"{Deployments}/web", "merge", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken);
        var scaled = await PatchAsync($"{Deployments}/web", "merge", """{"spec":{"replicas":3}}""", cancellationToken);
        var status = await PatchAsync($"{Deployments}/web/status", "merge", """{"status":{"replicas":3}}""", cancellationToken);

        Assert.That(
            new[] { labelled, scaled, status }.Select(answer => answer.Field("metadata", "generation")),
            Is.EqualTo(new[] { "1", "2", "2" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task Status_and_specification_are_written_apart(CancellationToken cancellationToken)
    {
        await PostAsync(Deployments, Deployment("web"), cancellationToken);
        const string Both = """{"spec":{"replicas":7},"status":{"replicas":7}}""";

        var byObject = await PatchAsync($"{Deployments}/web", "merge", Both, cancellationToken);
        var byStatus = await PatchAsync($"{Deployments}/web/status", "strategic-merge",
            """{"spec":{"replicas":9},"status":{"replicas":8}}""", cancellationToken);

        Assert.That(
            (byObject.Field("spec", "replicas"), byObject.Field("status", "replicas")),
            Is.EqualTo(("7", (string?)null)));
        Assert.That((byStatus.Field("spec", "replicas"), byStatus.Field("status", "replicas")), Is.EqualTo(("7", "8")));
    }

    [Test, CancelAfter(20_000)]
    public async Task Many_patches_at_once_all_count(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        await Parallel.ForEachAsync(Enumerable.Range(0, 40), cancellationToken, async (number, token) =>
        {
            var answer = await PatchAsync($"{ConfigMaps}/a", "merge", $$"""{"data":{"n{{number}}":"x"} }""", token);
            Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.OK));
        });

        var found = await GetAsync($"{ConfigMaps}/a", cancellationToken);
        Assert.That(found.Json["data"]!.AsObject(), Has.Count.EqualTo(41));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_json_patch_whose_test_fails_changes_nothing(CancellationToken cancellationToken)
    {
        var created = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var failed = await PatchAsync($"{ConfigMaps}/a", "json",
            """[{"op":"replace","path":"/data/k","value":"w"},{"op":"test","path":"/data/k","value":"v"}]""", cancellationToken);
        var good = await PatchAsync($"{ConfigMaps}/a", "json",
            $$"""[{"op":"test","path":"/metadata/resourceVersion","value":"{{created.Revision}}"},{"op":"add","path":"/data/n","value":"1"}]""",
            cancellationToken);

        Assert.That(failed.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(good.Field("data", "n"), Is.EqualTo("1"));
        Assert.That(good.Field("data", "k"), Is.EqualTo("v"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Scale_reads_and_writes_the_replicas(CancellationToken cancellationToken)
    {
        await PostAsync(Deployments, Deployment("web"), cancellationToken);

        var read = await GetAsync($"{Deployments}/web/scale", cancellationToken);
        var put = await PutAsync($"{Deployments}/web/scale",
            """{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"web"},"spec":{"replicas":4}}""", cancellationToken);
        var patched = await PatchAsync($"{Deployments}/web/scale", "merge", """{"spec":{"replicas":5}}""", cancellationToken);
        var negative = await PatchAsync($"{Deployments}/web/scale", "merge", """{"spec":{"replicas":-1}}""", cancellationToken);
        var after = await GetAsync($"{Deployments}/web", cancellationToken);

        Assert.That((read.Field("kind"), read.Field("status", "selector")), Is.EqualTo(("Scale", "app=x")));
        Assert.That((put.Field("spec", "replicas"), patched.Field("spec", "replicas")), Is.EqualTo(("4", "5")));
        Assert.That(negative.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(after.Field("spec", "replicas"), Is.EqualTo("5"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_binding_gives_the_pod_its_node_once(CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("web"), cancellationToken);
        const string Binding = """{"metadata":{"name":"web"},"target":{"kind":"Node","name":"n1"}}""";

        var first = await PostAsync($"{Pods}/web/binding", Binding, cancellationToken);
        var second = await PostAsync($"{Pods}/web/binding", Binding, cancellationToken);
        var pod = await GetAsync($"{Pods}/web", cancellationToken);

        Assert.That((first.Code, second.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Conflict)));
        Assert.That(second.Field("message"), Does.Contain("pod web is already assigned to node \"n1\""));
        Assert.That(pod.Field("spec", "nodeName"), Is.EqualTo("n1"));
        Assert.That(
            pod.Json["status"]!["conditions"]!.AsArray().Single()!["type"]!.ToString(), Is.EqualTo("PodScheduled"));
    }
}
