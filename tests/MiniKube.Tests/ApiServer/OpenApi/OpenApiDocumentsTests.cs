using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.OpenApi;

public sealed partial class OpenApiDocumentsTests
{
    private static readonly OpenApiDocuments Documents = new(new ResourceIndex(ResourceCatalog.BuiltIn), "v1.36.0");

    [Test]
    public void Index_leads_to_a_document_for_every_group_version()
    {
        var paths = Read("/openapi/v3")["paths"]!.AsObject();

        Assert.That(paths.Select(path => path.Key), Is.EqualTo(new[]
        {
            "api/v1", "apis/admissionregistration.k8s.io/v1", "apis/apps/v1", "apis/apiextensions.k8s.io/v1", "apis/events.k8s.io/v1",
            "apis/authentication.k8s.io/v1", "apis/authorization.k8s.io/v1", "apis/autoscaling/v2", "apis/autoscaling/v1",
            "apis/batch/v1", "apis/certificates.k8s.io/v1",
            "apis/coordination.k8s.io/v1", "apis/discovery.k8s.io/v1", "apis/networking.k8s.io/v1", "apis/node.k8s.io/v1",
            "apis/policy/v1", "apis/rbac.authorization.k8s.io/v1", "apis/scheduling.k8s.io/v1", "apis/storage.k8s.io/v1",
            "apis/metrics.k8s.io/v1beta1",
        }));
        Assert.That(paths.Select(path => (string)path.Value!["serverRelativeURL"]!),
            Is.All.Matches<string>(url => Documents.Find(url.Split('?')[0], "") is not null && url.Contains("?hash=")));
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

    [TestCase("/openapi/v2", "definitions")]
    [TestCase("/openapi/v3/api/v1", "components/schemas")]
    public void Kinds_and_fields_say_what_they_are_in_paragraphs(string path, string place)
    {
        var schemas = place.Split('/').Aggregate(Read(path), (node, name) => node[name]!);
        var spec = schemas["io.k8s.api.core.v1.PodSpec"]!;

        var untold = schemas.AsObject()
            .Where(one => one.Key.StartsWith("io.k8s.api.", StringComparison.Ordinal))
            .SelectMany(one => one.Value!["properties"]!.AsObject().Select(field => (Path: $"{one.Key}.{field.Key}", Schema: field.Value!)))
            .Where(field => string.IsNullOrWhiteSpace((string?)field.Schema["description"]))
            .Where(field => !UntoldThere().IsMatch(field.Path));

        Assert.That((string?)spec["description"], Does.Contain("description of a pod"));
        Assert.That((string?)spec["properties"]!["nodeName"]!["description"], Does.Contain("node").And.Not.Contains("¶"));
        Assert.That((string?)spec["properties"]!["os"]!["description"], Does.Contain("\n\n"));
        Assert.That(untold.Select(field => field.Path), Is.Empty);
    }

    [TestCase("/openapi/v3/apis/none/v1")]
    [TestCase("/openapi/v1")]
    public void Elsewhere_there_is_nothing(string path) => Assert.That(Documents.Find(path, ""), Is.Null);

    private static string DocumentOf(ResourceDefinition definition)
        => $"/openapi/v3/{(definition.Gvr.Group.Length == 0 ? "api" : "apis")}/{definition.Gvr.ApiVersion}";

    [Test]
    public void The_second_version_in_protobuf_says_what_its_JSON_form_says()
    {
        var json = Read("/openapi/v2");
        var found = Documents.Find("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf, application/json")!;

        var document = new Message(found.Bytes.ToArray());
        var paths = document.One(8).All(2);
        var schemas = document.One(9).All(1);
        var container = schemas.Single(one => one.Text(1) == "io.k8s.api.core.v1.Container").One(2);
        var patch = paths.Single(one => one.Text(1) == "/api/v1/namespaces/{namespace}/configmaps/{name}").One(2).One(8);
        var parameters = patch.All(8).Select(one => one.One(1)).Where(one => one.Has(2)).Select(one => one.One(2).One(3).Text(4));
        var kind = patch.All(13).Single(one => one.Text(1) == "x-kubernetes-group-version-kind").One(2).Text(2);

        Assert.That(found.ContentType, Is.EqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf"));
        Assert.That(document.Text(1), Is.EqualTo("2.0"));
        Assert.That(paths.Select(one => one.Text(1)), Is.EqualTo(json["paths"]!.AsObject().Select(one => one.Key)));
        Assert.That(schemas.Select(one => one.Text(1)), Is.EqualTo(json["definitions"]!.AsObject().Select(one => one.Key)));
        Assert.That(container.One(25).All(1).Select(one => one.Text(1)),
            Is.EqualTo(json["definitions"]!["io.k8s.api.core.v1.Container"]!["properties"]!.AsObject().Select(one => one.Key)));
        Assert.That(parameters, Does.Contain("fieldValidation"));
        Assert.That(JsonNode.Parse(kind)!["kind"]!.ToString(), Is.EqualTo("ConfigMap"));
    }

    private static JsonNode Read(string path) => JsonNode.Parse(Documents.Find(path, "")!.Bytes.Span)!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(one => one is { Key: "$ref", Value: JsonValue value }
            ? [value.GetValue<string>()]
            : References(one.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    /// <summary>A message as the reader of bodies sees it.</summary>
    private sealed class Message(byte[] bytes)
    {
        private readonly ProtobufMessage _fields = ProtobufMessage.Read(bytes);

        public bool Has(int field) => _fields.Find(field) is not null;

        public Message One(int field) => All(field).Single();

        public IReadOnlyList<Message> All(int field)
            => _fields.Fields.TryGetValue(field, out var values) ? [.. values.Select(value => new Message(bytes[value.Bytes!.Value]))] : [];

        public string Text(int field) => System.Text.Encoding.UTF8.GetString(bytes[_fields.Find(field)!.Value.Bytes!.Value]);
    }

    // Kubernetes itself does not say what most of these are.
    [GeneratedRegex(@"\.(JSONSchemaProps|ExternalDocumentation)\.|\.metadata$|Metrics\.(apiVersion|kind)$")]
    private static partial Regex UntoldThere();
}
