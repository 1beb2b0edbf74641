using System.Net;
using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

public sealed class ListTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task Pages_of_a_list_are_of_one_moment(CancellationToken cancellationToken)
    {
        await MakeAsync(["a", "b", "c", "d", "e"], cancellationToken);

        var first = await GetAsync($"{ConfigMaps}?limit=2", cancellationToken);
        await MakeAsync(["ab", "cc"], cancellationToken);
        await DeleteAsync($"{ConfigMaps}/d", cancellationToken);
        var second = await GetAsync(Next(first, 2), cancellationToken);
        var third = await GetAsync(Next(second, 2), cancellationToken);

        Assert.That(
            Names(first).Concat(Names(second)).Concat(Names(third)), Is.EqualTo(new[] { "a", "b", "c", "d", "e" }));
        Assert.That(first.Field("metadata", "remainingItemCount"), Is.EqualTo("3"));
        Assert.That(third.Field("metadata", "continue"), Is.Null);
        Assert.That(new[] { second.Revision, third.Revision }, Is.All.EqualTo(first.Revision));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_page_of_compacted_history_is_gone(CancellationToken cancellationToken)
    {
        await MakeAsync(["a", "b", "c"], cancellationToken);
        var first = await GetAsync($"{ConfigMaps}?limit=1", cancellationToken);
        await MakeAsync(["d"], cancellationToken);
        await Cluster.Store.CompactAsync(Cluster.Store.Current, cancellationToken);

        var second = await GetAsync(Next(first, 1), cancellationToken);

        Assert.That(second.Code, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That((second.Field("reason"), second.Field("message")), Is.EqualTo(("Expired",
            "The provided continue parameter is too old to display a consistent list result of configmaps. "
            + "You must start a new list without the continue parameter.")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_limit_with_a_selector_fills_its_pages_with_what_matches(CancellationToken cancellationToken)
    {
        for (var number = 0; number < 12; number++)
        {
            await PostAsync(
                ConfigMaps, ConfigMap($"m{number:00}", $",\"labels\":{{\"odd\":\"{number % 2}\"}}"), cancellationToken);
        }

        var first = await GetAsync($"{ConfigMaps}?limit=4&labelSelector=odd%3D1", cancellationToken);
        var second = await GetAsync($"{Next(first, 4)}&labelSelector=odd%3D1", cancellationToken);

        Assert.That(Names(first), Is.EqualTo(new[] { "m01", "m03", "m05", "m07" }));
        Assert.That(Names(second), Is.EqualTo(new[] { "m09", "m11" }));
        Assert.That(first.Field("metadata", "remainingItemCount"), Is.Null);
    }

    [Test, CancelAfter(20_000)]
    public async Task An_exact_revision_shows_the_past(CancellationToken cancellationToken)
    {
        await MakeAsync(["a"], cancellationToken);
        var then = await GetAsync(ConfigMaps, cancellationToken);
        await MakeAsync(["b"], cancellationToken);

        var exact = await GetAsync(
            $"{ConfigMaps}?resourceVersion={then.Revision}&resourceVersionMatch=Exact", cancellationToken);
        var fresh = await GetAsync($"{ConfigMaps}?resourceVersion={then.Revision}", cancellationToken);

        Assert.That(Names(exact), Is.EqualTo(new[] { "a" }));
        Assert.That(Names(fresh), Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("resourceVersion=abc", HttpStatusCode.BadRequest)]
    [TestCase("resourceVersion=999999", HttpStatusCode.GatewayTimeout)]
    [TestCase("resourceVersionMatch=Exact", HttpStatusCode.UnprocessableEntity)]
    [TestCase("limit=abc", HttpStatusCode.BadRequest)]
    [TestCase("limit=1&continue=abc", HttpStatusCode.BadRequest)]
    [TestCase("labelSelector=%3D%3D", HttpStatusCode.BadRequest)]
    [TestCase("fieldSelector=spec.colour%3Dred", HttpStatusCode.BadRequest)]
    [TestCase("limit=-5", HttpStatusCode.OK)]
    [TestCase("limit=9223372036854775807", HttpStatusCode.OK), CancelAfter(20_000)]
    public async Task Parameters_mean_something_or_are_refused(
        string query, HttpStatusCode code, CancellationToken cancellationToken)
    {
        var answer = await GetAsync($"{ConfigMaps}?{query}", cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code), answer.Text);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_big_list_is_compressed_for_whoever_takes_it(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a", value: new string('x', 200_000)), cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps);
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var response = await Http.SendAsync(request, cancellationToken);

        Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "gzip" }));
        await using var body = new System.IO.Compression.GZipStream(
            await response.Content.ReadAsStreamAsync(cancellationToken), System.IO.Compression.CompressionMode.Decompress);
        var list = await JsonNode.ParseAsync(body, cancellationToken: cancellationToken);
        Assert.That(list!["items"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(20_000)]
    public async Task Objects_come_as_table_rows_or_metadata_when_asked(CancellationToken cancellationToken)
    {
        await MakeAsync(["a"], cancellationToken);

        var table = await AcceptAsync(
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json", cancellationToken);
        var metadata = await AcceptAsync(
            "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", cancellationToken);

        Assert.That(table["kind"]!.ToString(), Is.EqualTo("Table"));
        Assert.That(table["rows"]![0]!["cells"]![0]!.ToString(), Is.EqualTo("a"));
        Assert.That(metadata["kind"]!.ToString(), Is.EqualTo("PartialObjectMetadataList"));
        Assert.That(metadata["items"]![0]!["metadata"]!["name"]!.ToString(), Is.EqualTo("a"));
        Assert.That(metadata["items"]![0]!["data"], Is.Null);
    }

    private async Task<JsonNode> AcceptAsync(string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request, cancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
    }

    private async Task MakeAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            await PostAsync(ConfigMaps, ConfigMap(name), cancellationToken);
        }
    }

    private static string Next(Answer page, int limit)
        => $"{ConfigMaps}?limit={limit}&continue={Uri.EscapeDataString(page.Field("metadata", "continue")!)}";

    private static IEnumerable<string> Names(Answer list)
        => list.Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());
}
