using System.Text.Json;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.Tests.ApiServer.Discovery;

public sealed class DiscoveryDocumentsTests
{
    private readonly DiscoveryDocuments _documents = new(new ResourceIndex(ResourceCatalog.BuiltIn));

    [TestCase("/api", "discovery/api.json")]
    [TestCase("/api/v1", "discovery/api-v1.json")]
    [TestCase("/apis", "discovery/apis.json")]
    [TestCase("/apis/apps", "discovery/apis-apps.json")]
    [TestCase("/apis/apps/v1", "discovery/apis-apps-v1.json")]
    public void Legacy_documents_are_what_they_were(string path, string golden)
        => GoldenFile.AssertJson(_documents.Find(path)!.Bytes, golden);

    [TestCase("/api", "discovery/aggregated-api.json")]
    [TestCase("/apis", "discovery/aggregated-apis.json")]
    public void Aggregated_documents_are_what_they_were(string path, string golden)
    {
        var document = _documents.FindAggregated(path)!;

        GoldenFile.AssertJson(document.Bytes, golden);
        Assert.That(document.ContentType, Does.EndWith("as=APIGroupDiscoveryList"));
        Assert.That(document.ETag, Has.Length.EqualTo(130).And.StartsWith("\"").And.EndsWith("\""));
    }

    [TestCase("/apis/none")]
    [TestCase("/apis/apps/v2")]
    [TestCase("/api/v2")]
    [TestCase("/")]
    public void Elsewhere_there_is_nothing(string path)
    {
        Assert.That(_documents.Find(path), Is.Null);
        Assert.That(_documents.FindAggregated(path), Is.Null);
    }

    [TestCaseSource(typeof(Catalog), nameof(Catalog.Kinds))]
    public void Every_kind_of_the_catalog_is_listed(Catalog.Entry entry)
    {
        var gvr = entry.Definition.Gvr;
        var root = gvr.Group.Length == 0 ? "/api" : "/apis";

        using var document = JsonDocument.Parse(_documents.Find($"{root}/{gvr.ApiVersion}")!.Bytes);

        var names = document.RootElement.GetProperty("resources").EnumerateArray().Select(one => one.GetProperty("name").GetString());
        Assert.That(names, Does.Contain(gvr.Resource));
    }
}
