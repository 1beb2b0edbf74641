using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.OpenApi;

public sealed class OpenApiDocumentsTests
{
    private static readonly OpenApiDocuments Documents = new(new ResourceIndex(ResourceCatalog.BuiltIn), "v1.36.0");

    [Test]
    public void Index_leads_to_a_document_for_every_group_version()
    {
        var paths = Read("/openapi/v3")["paths"]!.AsObject();

        Assert.That(paths.Select(path => path.Key), Is.EqualTo(new[]
        {
            "api/v1", "apis/apps/v1", "apis/apiextensions.k8s.io/v1", "apis/authentication.k8s.io/v1", "apis/authorization.k8s.io/v1",
            "apis/autoscaling/v2", "apis/batch/v1", "apis/certificates.k8s.io/v1",
            "apis/coordination.k8s.io/v1", "apis/discovery.k8s.io/v1", "apis/networking.k8s.io/v1", "apis/node.k8s.io/v1",
            "apis/policy/v1", "apis/rbac.authorization.k8s.io/v1", "apis/scheduling.k8s.io/v1", "apis/storage.k8s.io/v1",
        }));
        Assert.That(paths.Select(path => (string)path.Value!["serverRelativeURL"]!),
            Is.All.Matches<string>(url => Documents.Find(url.Split('?')[0]) is not null && url.Contains("?hash=")));
    }

    [TestCaseSource(typeof(Catalog), nameof(Catalog.Kinds))]
    public void Patching_every_kind_takes_field_validation_and_strategic_merge(Catalog.Entry entry)
    {
        var patches = Read(DocumentOf(entry.Definition))["paths"]!.AsObject()
            .Select(path => path.Value!["patch"])
            .Where(patch => patch is not null && (string?)patch["x-kubernetes-group-version-kind"]!["kind"] == entry.Definition.Gvk.Kind)
            .ToList();

        Assert.That(patches, Is.Not.Empty);
        Assert.That(patches.Select(patch => patch!["parameters"]!.AsArray().Select(one => (string?)one!["name"])),
            Is.All.Contains("fieldValidation"));
        Assert.That(patches.Select(patch => patch!["requestBody"]!["content"]!["application/strategic-merge-patch+json"]),
            Is.All.Not.Null);
    }

    [TestCaseSource(typeof(Catalog), nameof(Catalog.Kinds))]
    public void Every_kind_has_one_schema_that_says_so(Catalog.Entry entry)
    {
        var schemas = Read(DocumentOf(entry.Definition))["components"]!["schemas"]!.AsObject();

        var roots = schemas.Count(schema => schema.Value!["x-kubernetes-group-version-kind"]?.AsArray()
            .Any(kind => (string?)kind!["kind"] == entry.Definition.Gvk.Kind) == true);

        Assert.That(roots, Is.EqualTo(1));
    }

    [TestCase("/openapi/v2", "#/definitions/", "definitions")]
    [TestCase("/openapi/v3/api/v1", "#/components/schemas/", "components/schemas")]
    [TestCase("/openapi/v3/apis/apps/v1", "#/components/schemas/", "components/schemas")]
    public void Every_reference_leads_to_a_schema(string path, string prefix, string place)
    {
        var document = Read(path);
        var schemas = place.Split('/').Aggregate(document, (node, name) => node[name]!).AsObject();

        var references = References(document).Distinct().ToList();

        Assert.That(references, Has.Count.GreaterThan(20).And.All.StartsWith(prefix));
        Assert.That(references.Select(one => one[prefix.Length..]).Except(schemas.Select(schema => schema.Key)), Is.Empty);
    }

    [Test]
    public void Lists_that_merge_say_by_which_key()
    {
        var schemas = Read("/openapi/v3/apis/apps/v1")["components"]!["schemas"]!.AsObject();
        var spec = schemas.Single(schema => schema.Key.EndsWith(".PodSpec", StringComparison.Ordinal)).Value!["properties"]!;

        Assert.That((string?)spec["containers"]!["x-kubernetes-patch-merge-key"], Is.EqualTo("name"));
        Assert.That((string?)spec["containers"]!["x-kubernetes-patch-strategy"], Is.EqualTo("merge"));
        Assert.That((string?)spec["volumes"]!["x-kubernetes-patch-strategy"], Is.EqualTo("merge,retainKeys"));
        Assert.That(spec["tolerations"]!["x-kubernetes-patch-strategy"], Is.Null);
    }

    [TestCase("/openapi/v3/apis/none/v1")]
    [TestCase("/openapi/v1")]
    public void Elsewhere_there_is_nothing(string path) => Assert.That(Documents.Find(path), Is.Null);

    private static string DocumentOf(ResourceDefinition definition)
        => $"/openapi/v3/{(definition.Gvr.Group.Length == 0 ? "api" : "apis")}/{definition.Gvr.ApiVersion}";

    private static JsonNode Read(string path) => JsonNode.Parse(Documents.Find(path)!.Json.Span)!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(one => one is { Key: "$ref", Value: JsonValue value }
            ? [value.GetValue<string>()]
            : References(one.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
