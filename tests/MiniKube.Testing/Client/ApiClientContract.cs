using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// What every transport of the client promises. Each transport's fixture inherits all of it and supplies only a client.
/// </summary>
public abstract class ApiClientContract
{
    /// <summary>A client of a server that is empty but for what servers make themselves, with full rights.</summary>
    protected abstract Task<IApiClient> ConnectAsync(CancellationToken cancellationToken);

    [Test, CancelAfter(20_000)]
    public async Task What_was_created_is_found_with_uid_revision_and_time(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);

        var created = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var found = await client.FindAsync<V1ConfigMap>(created.Key(), cancellationToken);

        Assert.That(found, Is.Not.Null);
        Assert.That(found!.Data["key"], Is.EqualTo("value"));
        Assert.That(found.Metadata.Uid, Is.Not.Empty.And.EqualTo(created.Metadata.Uid));
        Assert.That(found.Revision(), Is.GreaterThan(Revision.Zero).And.EqualTo(created.Revision()));
        Assert.That(found.Metadata.CreationTimestamp, Is.Not.Null);
    }

    [Test, CancelAfter(20_000)]
    public async Task What_is_not_there_is_found_as_null(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);

        var found = await client.FindAsync<V1ConfigMap>(new ObjectKey("default", "absent"), cancellationToken);

        Assert.That(found, Is.Null);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_second_create_of_a_name_is_refused_as_AlreadyExists(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(Objects.ConfigMap("a"), cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.AlreadyExists));
        Assert.That(error.Message, Is.EqualTo("configmaps \"a\" already exists"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Generated_names_start_as_asked_and_differ(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var item = Objects.ConfigMap("");
        item.Metadata.Name = null;
        item.Metadata.GenerateName = "web-";

        var first = await client.CreateAsync(item, cancellationToken);
        var second = await client.CreateAsync(item, cancellationToken);

        Assert.That(first.Metadata.Name, Does.StartWith("web-").And.Not.EqualTo(second.Metadata.Name));
        Assert.That(item.Metadata.Name, Is.Null, "the argument is not changed");
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_of_a_stale_object_is_a_conflict(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var first = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var change = ObjectJson.Copy(first);
        change.Data["key"] = "second";
        await client.UpdateAsync(change, null, cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(() => client.UpdateAsync(change, null, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Conflict));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_without_a_version_always_wins(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var change = Objects.ConfigMap("a");
        change.Data["key"] = "forced";

        var updated = await client.UpdateAsync(change, null, cancellationToken);

        Assert.That(updated.Data["key"], Is.EqualTo("forced"));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_of_what_is_gone_is_NotFound(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(
            () => client.UpdateAsync(Objects.ConfigMap("absent"), null, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_merge_patch_changes_what_it_names(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var created = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var patch = new ObjectPatch(PatchType.Merge, """{"data":{"other":"x","key":null}}"""u8.ToArray());

        var patched = await client.PatchAsync<V1ConfigMap>(created.Key(), patch, null, cancellationToken);

        Assert.That(patched.Data, Is.EquivalentTo(new Dictionary<string, string> { ["other"] = "x" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_deleted_object_is_gone_and_deleting_it_again_is_NotFound(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var created = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        await client.DeleteAsync<V1ConfigMap>(created.Key(), null, cancellationToken);
        var error = Assert.ThrowsAsync<ApiException>(
            () => client.DeleteAsync<V1ConfigMap>(created.Key(), null, cancellationToken));

        Assert.That(await client.FindAsync<V1ConfigMap>(created.Key(), cancellationToken), Is.Null);
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_delete_of_another_uid_is_a_conflict(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var created = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var options = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = Guid.NewGuid().ToString() } };

        var error = Assert.ThrowsAsync<ApiException>(
            () => client.DeleteAsync<V1ConfigMap>(created.Key(), options, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Conflict));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_list_holds_what_the_query_selects(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var labelled = Objects.ConfigMap("b");
        labelled.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web" };
        await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var last = await client.CreateAsync(labelled, cancellationToken);

        var byLabel = await client.ListAsync<V1ConfigMap>(
            new ObjectQuery("default", LabelSelector.Of(labelled.Metadata.Labels)), cancellationToken);
        var byName = await client.ListAsync<V1ConfigMap>(
            new ObjectQuery("default", Fields: "metadata.name=a"), cancellationToken);

        Assert.That(byLabel.Items.Select(item => item.Metadata.Name), Is.EqualTo(new[] { "b" }));
        Assert.That(byName.Items.Select(item => item.Metadata.Name), Is.EqualTo(new[] { "a" }));
        Assert.That(byLabel.Revision, Is.GreaterThanOrEqualTo(last.Revision()));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_list_of_many_pages_is_whole(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var names = Enumerable.Range(0, 1_100).Select(number => $"many-{number:0000}").ToList();
        await Parallel.ForEachAsync(names, cancellationToken, async (name, token) =>
            await client.CreateAsync(Objects.ConfigMap(name), token));

        var list = await client.ListAsync<V1ConfigMap>(new ObjectQuery("default"), cancellationToken);

        Assert.That(list.Items.Select(item => item.Metadata.Name).Where(names.Contains), Is.EquivalentTo(names));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_from_a_list_tells_every_later_change_in_order(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var before = await client.CreateAsync(Objects.ConfigMap("before"), cancellationToken);
        var query = new ObjectQuery("default");
        var list = await client.ListAsync<V1ConfigMap>(query, cancellationToken);

        var created = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var change = ObjectJson.Copy(created);
        change.Data["key"] = "second";
        var updated = await client.UpdateAsync(change, null, cancellationToken);
        await client.DeleteAsync<V1ConfigMap>(before.Key(), null, cancellationToken);

        var events = await TakeAsync(client.WatchAsync<V1ConfigMap>(query, list.Revision, cancellationToken), 3);
        Assert.That(
            events.Select(one => (one.Type, one.Object!.Metadata.Name)),
            Is.EqualTo(new[]
            {
                (ObjectEventType.Added, "a"), (ObjectEventType.Modified, "a"), (ObjectEventType.Deleted, "before"),
            }));
        Assert.That(events.Select(one => one.Revision), Is.Ordered.And.Unique);
        Assert.That(events[1].Revision, Is.EqualTo(updated.Revision()));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_of_a_selector_sees_objects_come_and_go_by_their_labels(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        var query = new ObjectQuery("default", LabelSelector.Of(labels));
        var list = await client.ListAsync<V1ConfigMap>(query, cancellationToken);

        var plain = await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var labelled = ObjectJson.Copy(plain);
        labelled.Metadata.Labels = labels;
        labelled = ObjectJson.Copy(await client.UpdateAsync(labelled, null, cancellationToken));
        labelled.Metadata.Labels = null;
        await client.UpdateAsync(labelled, null, cancellationToken);

        var events = await TakeAsync(client.WatchAsync<V1ConfigMap>(query, list.Revision, cancellationToken), 2);
        Assert.That(
            events.Select(one => one.Type), Is.EqualTo(new[] { ObjectEventType.Added, ObjectEventType.Deleted }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_status_update_changes_the_status_and_nothing_else(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var node = await client.CreateAsync(Objects.Node("n1"), cancellationToken);
        var change = ObjectJson.Copy(node);
        change.Spec.Unschedulable = true;
        change.Status.Conditions = [new V1NodeCondition { Type = "Ready", Status = "False", Reason = "Test" }];

        var updated = await client.UpdateAsync(change, "status", cancellationToken);

        Assert.That(updated.Spec.Unschedulable, Is.Not.True);
        Assert.That(updated.Status.Conditions.Single().Status, Is.EqualTo("False"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_bound_pod_has_its_node_and_a_second_binding_is_a_conflict(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var pod = await client.CreateAsync(Objects.Pod("web"), cancellationToken);

        await client.BindAsync(pod.Key(), pod.Metadata.Uid, "n1", cancellationToken);
        var error = Assert.ThrowsAsync<ApiException>(
            () => client.BindAsync(pod.Key(), pod.Metadata.Uid, "n2", cancellationToken));

        var bound = await client.FindAsync<V1Pod>(pod.Key(), cancellationToken);
        Assert.That(bound!.Spec.NodeName, Is.EqualTo("n1"));
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Conflict));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_service_account_gets_tokens_and_one_that_is_not_there_does_not(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        await client.CreateAsync(
            new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "robot", NamespaceProperty = "default" } }, cancellationToken);
        var spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 600 };

        var first = await client.RequestTokenAsync(new ObjectKey("default", "robot"), spec, cancellationToken);
        var second = await client.RequestTokenAsync(new ObjectKey("default", "robot"), spec, cancellationToken);
        var error = Assert.ThrowsAsync<ApiException>(
            () => client.RequestTokenAsync(new ObjectKey("default", "nobody"), spec, cancellationToken));

        Assert.That(first.Token, Is.Not.Empty.And.Not.EqualTo(second.Token));
        Assert.That(second.ExpirationTimestamp, Is.GreaterThanOrEqualTo(first.ExpirationTimestamp!.Value));
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_namespace_goes_when_its_last_finalizer_is_taken_away(CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken);
        var home = await client.CreateAsync(
            new V1Namespace
            {
                Metadata = new V1ObjectMeta { Name = "team" },
                Spec = new V1NamespaceSpec { Finalizers = ["kubernetes"] },
            },
            cancellationToken);

        await client.DeleteAsync<V1Namespace>(home.Key(), null, cancellationToken);
        var closing = ObjectJson.Copy((await client.FindAsync<V1Namespace>(home.Key(), cancellationToken))!);
        closing.Spec.Finalizers = [];
        await client.UpdateAsync(closing, "finalize", cancellationToken);

        Assert.That(closing.IsDeleting(), Is.True);
        Assert.That(await client.FindAsync<V1Namespace>(home.Key(), cancellationToken), Is.Null);
    }

    private static async Task<List<ObjectEvent<T>>> TakeAsync<T>(IAsyncEnumerable<ObjectEvent<T>> events, int count)
        where T : class
        => await events.Where(one => one.Type != ObjectEventType.Bookmark).Take(count).ToListAsync();
}
