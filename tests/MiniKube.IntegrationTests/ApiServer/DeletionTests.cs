using System.Net;

namespace MiniKube.IntegrationTests;

public sealed class DeletionTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task A_deletion_answers_with_a_Status_that_names_the_object(CancellationToken cancellationToken)
    {
        var created = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var deleted = await DeleteAsync($"{ConfigMaps}/a", cancellationToken);

        Assert.That((deleted.Field("kind"), deleted.Field("status")), Is.EqualTo(("Status", "Success")));
        Assert.That(deleted.Field("details", "uid"), Is.EqualTo(created.Field("metadata", "uid")));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_last_finalizer_to_go_takes_the_object_along(CancellationToken cancellationToken)
    {
        await PostAsync(
            ConfigMaps, ConfigMap("a", ",\"finalizers\":[\"example.com/a\",\"example.com/b\"]"), cancellationToken);

        var marked = await DeleteAsync($"{ConfigMaps}/a", cancellationToken);
        await PatchAsync($"{ConfigMaps}/a", "merge", """{"metadata":{"finalizers":["example.com/b"]}}""", cancellationToken);
        var still = await GetAsync($"{ConfigMaps}/a", cancellationToken);
        var added = await PatchAsync(
            $"{ConfigMaps}/a", "merge", """{"metadata":{"finalizers":["example.com/b","example.com/c"]}}""", cancellationToken);
        await PatchAsync($"{ConfigMaps}/a", "merge", """{"metadata":{"finalizers":null}}""", cancellationToken);
        var gone = await GetAsync($"{ConfigMaps}/a", cancellationToken);

        Assert.That(marked.Field("metadata", "deletionTimestamp"), Is.Not.Null);
        Assert.That((still.Code, gone.Code), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.NotFound)));
        Assert.That(
            added.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity), "no finalizer may come once an object goes");
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_on_a_node_stays_until_the_node_agent_deletes_it_without_grace(
        CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("web", node: "n1"), cancellationToken);

        var marked = await DeleteAsync($"{Pods}/web", cancellationToken);
        var again = await DeleteAsync($"{Pods}/web", cancellationToken);
        var shorter = await DeleteAsync($"{Pods}/web?gracePeriodSeconds=5", cancellationToken);
        var last = await DeleteAsync($"{Pods}/web?gracePeriodSeconds=0", cancellationToken);
        var gone = await GetAsync($"{Pods}/web", cancellationToken);

        Assert.That(marked.Field("metadata", "deletionGracePeriodSeconds"), Is.EqualTo("30"));
        Assert.That(again.Revision, Is.EqualTo(marked.Revision));
        Assert.That(shorter.Field("metadata", "deletionGracePeriodSeconds"), Is.EqualTo("5"));
        Assert.That((last.Code, last.Field("kind")), Is.EqualTo((HttpStatusCode.OK, "Pod")));
        Assert.That(gone.Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_namespace_goes_when_its_last_finalizer_is_finalized(CancellationToken cancellationToken)
    {
        await PostAsync("/api/v1/namespaces", """{"metadata":{"name":"a"}}""", cancellationToken);

        var marked = await DeleteAsync("/api/v1/namespaces/a", cancellationToken);
        var refused = await PostAsync("/api/v1/namespaces/a/configmaps", ConfigMap("late"), cancellationToken);
        var plain = await PutAsync("/api/v1/namespaces/a", """{"metadata":{"name":"a"},"spec":{}}""", cancellationToken);
        await PutAsync("/api/v1/namespaces/a/finalize", """{"metadata":{"name":"a"},"spec":{}}""", cancellationToken);
        var gone = await GetAsync("/api/v1/namespaces/a", cancellationToken);

        Assert.That(marked.Field("status", "phase"), Is.EqualTo("Terminating"));
        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(plain.Json["spec"]!["finalizers"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(gone.Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_collection_is_deleted_by_its_selector(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a", ",\"labels\":{\"x\":\"1\"}"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("b", ",\"labels\":{\"x\":\"1\"}"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("c"), cancellationToken);

        await DeleteAsync($"{ConfigMaps}?labelSelector=x%3D1", cancellationToken);
        var left = await GetAsync(ConfigMaps, cancellationToken);

        Assert.That(left.Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()), Is.EqualTo(new[] { "c" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_precondition_protects_the_successor_of_the_same_name(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var refused = await SendAsync(
            HttpMethod.Delete, $"{ConfigMaps}/a", """{"preconditions":{"uid":"other"}}""", cancellationToken);
        var unknownPolicy = await DeleteAsync($"{ConfigMaps}/a?propagationPolicy=Sideways", cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(unknownPolicy.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }
}
