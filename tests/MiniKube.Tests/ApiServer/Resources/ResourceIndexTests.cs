using System.Text.Json;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Resources;

public sealed class ResourceIndexTests
{
    private const string Group = "example.org";
    private static readonly Gvr Widgets = new(Group, "v1", "widgets");

    private readonly ResourceIndex _index = new(ResourceCatalog.BuiltIn);

    [Test]
    public void A_custom_kind_is_found_while_it_is_there()
    {
        var before = _index.Find(Widgets);
        _index.SetCustom([new CustomKind(Widgets, "Widget")]);
        var during = _index.Find(Widgets);
        _index.SetCustom([]);

        Assert.That(before, Is.Null);
        Assert.That(during?.Gvk.Kind, Is.EqualTo("Widget"));
        Assert.That(_index.Find(Widgets), Is.Null);
    }

    [Test]
    public void Built_in_kinds_stay_when_custom_ones_change()
    {
        _index.SetCustom([new CustomKind(Widgets, "Widget")]);

        Assert.That(_index.Current.All.Take(ResourceCatalog.BuiltIn.Length), Is.EqualTo(ResourceCatalog.BuiltIn));
        Assert.That(_index.Get(typeof(V1ConfigMap)), Is.InstanceOf<ConfigMapResource>());
    }

    [Test]
    public void A_snapshot_does_not_see_later_changes()
    {
        var snapshot = _index.Current;

        _index.SetCustom([new CustomKind(Widgets, "Widget")]);

        Assert.That(snapshot.Find(Widgets), Is.Null);
        Assert.That(_index.Current, Is.Not.SameAs(snapshot));
    }

    [Test]
    public void A_kind_in_the_place_of_another_is_refused_and_changes_nothing()
    {
        _index.SetCustom([new CustomKind(Widgets, "Widget")]);
        var before = _index.Current;
        var configMaps = ResourceCatalog.BuiltIn[0].Gvr;

        Assert.That(() => _index.SetCustom([new CustomKind(configMaps, "Thief")]), Throws.ArgumentException);
        Assert.That(
            () => _index.SetCustom([new CustomKind(Widgets, "One"), new CustomKind(Widgets, "Two")]),
            Throws.ArgumentException.With.Message.StartsWith("example.org/v1 has two kinds called widgets"));

        Assert.That(_index.Current, Is.SameAs(before));
    }

    [Test]
    public void Discovery_follows_the_kinds_and_gets_another_etag()
    {
        var documents = new DiscoveryDocuments(_index);
        var (groups, core) = (documents.FindAggregated("/apis")!.ETag, documents.FindAggregated("/api")!.ETag);

        _index.SetCustom([new CustomKind(Widgets, "Widget")]);

        Assert.That(Text(documents.Find("/apis/example.org/v1")), Does.Contain("\"widgets\""));
        Assert.That(Text(documents.Find("/apis")), Does.Contain("\"example.org\""));
        Assert.That(documents.FindAggregated("/apis")!.ETag, Is.Not.EqualTo(groups));
        Assert.That(documents.FindAggregated("/api")!.ETag, Is.EqualTo(core));
        _index.SetCustom([]);
        Assert.That(documents.Find("/apis/example.org"), Is.Null);
        Assert.That(documents.FindAggregated("/apis")!.ETag, Is.EqualTo(groups));
    }

    [Test]
    public void OpenApi_follows_the_kinds()
    {
        var documents = new OpenApiDocuments(_index, "v1.36.0");
        var before = documents.Find("/openapi/v3/apis/example.org/v1", "");

        _index.SetCustom([new CustomKind(Widgets, "Widget")]);

        Assert.That(before, Is.Null);
        Assert.That(
            Text(documents.Find("/openapi/v3/apis/example.org/v1", "")),
            Does.Contain("/apis/example.org/v1/namespaces/{namespace}/widgets"));
    }

    [Test]
    public void A_version_has_another_OpenApi_hash_when_a_kind_or_a_schema_in_it_changes()
    {
        var documents = new OpenApiDocuments(_index, "v1.36.0");

        _index.SetCustom([new CustomKind(Widgets, "Widget")]);
        var (first, core) = (HashOf(documents, "apis/example.org/v1"), HashOf(documents, "api/v1"));
        _index.SetCustom([new CustomKind(Widgets, "Widget", "other schema")]);
        var second = HashOf(documents, "apis/example.org/v1");
        _index.SetCustom([new CustomKind(Widgets, "Widget"), new CustomKind(new Gvr(Group, "v1", "gears"), "Gear")]);
        var third = HashOf(documents, "apis/example.org/v1");

        Assert.That(new[] { first, second, third }, Is.Unique);
        Assert.That(HashOf(documents, "api/v1"), Is.EqualTo(core));
    }

    private static string HashOf(OpenApiDocuments documents, string root)
    {
        using var index = JsonDocument.Parse(documents.Find(OpenApiDocuments.IndexPath, "")!.Bytes);
        return index.RootElement.GetProperty("paths").GetProperty(root).GetProperty("serverRelativeURL").GetString()!;
    }

    private static string Text(DiscoveryDocument? document) => System.Text.Encoding.UTF8.GetString(document!.Bytes.Span);

    private sealed class CustomKind(Gvr gvr, string kind, string schema = "schema")
        : ResourceDefinition<V1ConfigMap>(gvr, Scope.Namespaced, kind)
    {
        public override string SchemaVersion => schema;
    }
}
