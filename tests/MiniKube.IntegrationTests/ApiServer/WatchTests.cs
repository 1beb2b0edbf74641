using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

public sealed class WatchTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task A_watch_without_a_version_tells_the_present_objects_first(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await using var watch = await OpenAsync(ConfigMaps, cancellationToken);

        await PostAsync(ConfigMaps, ConfigMap("b"), cancellationToken);
        await DeleteAsync($"{ConfigMaps}/a", cancellationToken);

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED a"));
        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED b"));
        Assert.That(await watch.NextAsync(), Is.EqualTo("DELETED a"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_after_a_version_tells_only_what_came_later(CancellationToken cancellationToken)
    {
        var first = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PutAsync($"{ConfigMaps}/a", ConfigMap("a", value: "2"), cancellationToken);
        await using var watch = await OpenAsync($"{ConfigMaps}?resourceVersion={first.Revision}", cancellationToken);

        Assert.That(await watch.NextAsync(), Is.EqualTo("MODIFIED a"));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_object_that_leaves_a_selector_is_deleted_in_its_last_matching_state(
        CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a", ",\"labels\":{\"x\":\"1\"}", "then"), cancellationToken);
        await using var watch = await OpenAsync($"{ConfigMaps}?labelSelector=x%3D1", cancellationToken);
        await watch.NextAsync();

        var left = await PutAsync(
            $"{ConfigMaps}/a", ConfigMap("a", ",\"labels\":{\"x\":\"2\"}", "now"), cancellationToken);
        var vanished = await watch.ReadAsync();
        await PutAsync($"{ConfigMaps}/a", ConfigMap("a", ",\"labels\":{\"x\":\"1\"}", "back"), cancellationToken);
        var back = await watch.ReadAsync();

        Assert.That(vanished["type"]!.ToString(), Is.EqualTo("DELETED"));
        Assert.That(vanished["object"]!["data"]!["k"]!.ToString(), Is.EqualTo("then"));
        Assert.That(vanished["object"]!["metadata"]!["resourceVersion"]!.ToString(), Is.EqualTo(left.Revision));
        Assert.That(
            (back["type"]!.ToString(), back["object"]!["data"]!["k"]!.ToString()), Is.EqualTo(("ADDED", "back")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_of_one_name_hears_of_nothing_else(CancellationToken cancellationToken)
    {
        await using var byField = await OpenAsync($"{ConfigMaps}?fieldSelector=metadata.name%3Db", cancellationToken);
        await using var byPath = await OpenAsync($"{ConfigMaps}/b", cancellationToken);

        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("b"), cancellationToken);

        Assert.That(await byField.NextAsync(), Is.EqualTo("ADDED b"));
        Assert.That(await byPath.NextAsync(), Is.EqualTo("ADDED b"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_after_compacted_history_ends_with_an_error_event(CancellationToken cancellationToken)
    {
        var first = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("b"), cancellationToken);
        await Cluster.Store.CompactAsync(Cluster.Store.Current, cancellationToken);
        await using var watch = await OpenAsync($"{ConfigMaps}?resourceVersion={first.Revision}", cancellationToken);

        var error = await watch.ReadAsync();

        Assert.That(error["type"]!.ToString(), Is.EqualTo("ERROR"));
        Assert.That(error["object"]!["code"]!.GetValue<int>(), Is.EqualTo(410));
        Assert.That(await watch.IsOverAsync(), Is.True);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_ends_at_its_timeout(CancellationToken cancellationToken)
    {
        await using var watch = await OpenAsync($"{ConfigMaps}?timeoutSeconds=1", cancellationToken);

        Assert.That(await watch.IsOverAsync(), Is.True);
    }

    [Test, CancelAfter(20_000)]
    public async Task Initial_events_end_with_a_marked_bookmark(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await using var watch = await OpenAsync(
            $"{ConfigMaps}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", cancellationToken);

        var added = await watch.NextAsync();
        var bookmark = await watch.ReadAsync();

        Assert.That(added, Is.EqualTo("ADDED a"));
        Assert.That(bookmark["type"]!.ToString(), Is.EqualTo("BOOKMARK"));
        Assert.That(
            bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString(), Is.EqualTo("true"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_table_watch_names_its_columns_once(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("b"), cancellationToken);
        await using var watch = await OpenAsync(
            ConfigMaps, cancellationToken, "application/json;as=Table;v=v1;g=meta.k8s.io");

        var first = await watch.ReadAsync();
        var second = await watch.ReadAsync();

        Assert.That(first["object"]!["columnDefinitions"]!.AsArray(), Is.Not.Empty);
        Assert.That(second["object"]!["columnDefinitions"]?.AsArray() ?? [], Is.Empty);
        Assert.That(second["object"]!["rows"]![0]!["cells"]![0]!.ToString(), Is.EqualTo("b"));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_server_ends_its_watches_when_it_stops(CancellationToken cancellationToken)
    {
        await using var watch = await OpenAsync(ConfigMaps, cancellationToken);

        await Cluster.Server.StopAsync();

        Assert.That(await watch.IsOverAsync(), Is.True);
    }

    private async Task<WatchReader> OpenAsync(
        string path, CancellationToken cancellationToken, string accept = "application/json")
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var request = new HttpRequestMessage(HttpMethod.Get, $"{path}{separator}watch=true");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return new WatchReader(
            response, await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
    }

    private sealed class WatchReader(
        HttpResponseMessage response, Stream stream, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly StreamReader _reader = new(stream);

        public async Task<JsonNode> ReadAsync()
            => JsonNode.Parse(await _reader.ReadLineAsync(cancellationToken) ?? throw new AssertionException("the watch has ended"))!;

        /// <summary>The next event as <c>TYPE name</c>.</summary>
        public async Task<string> NextAsync()
        {
            var change = await ReadAsync();
            return $"{change["type"]} {change["object"]!["metadata"]!["name"]}";
        }

        public async Task<bool> IsOverAsync() => await _reader.ReadLineAsync(cancellationToken) is null;

        public ValueTask DisposeAsync()
        {
            _reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
