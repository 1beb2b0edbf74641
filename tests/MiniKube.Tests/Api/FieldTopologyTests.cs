using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.Api;

public sealed class FieldTopologyTests
{
    private static IEnumerable<Type> Models
        => typeof(V1Pod).Assembly.GetTypes().Where(type => type.Namespace == "k8s.Models" && type.IsClass);

    [Test]
    public void What_merges_by_key_in_strategic_merge_is_owned_by_that_key()
    {
        // The published API differs in these: they are replaced or owned whole, or have a second key.
        string[] different = ["V1PodStatus.hostIPs", "V1JobStatus.conditions"];

        var wrong = Lists()
            .Where(field => MergeKeys.Find(field.Model, field.Name) is { Key: { } key }
                && FieldTopology.Find(field.Model, field.Name)?.Keys.FirstOrDefault()?.Name != key)
            .Select(field => $"{field.Model.Name}.{field.Name}");

        Assert.That(wrong.Except(different), Is.Empty);
    }

    [Test]
    public void Every_key_of_a_list_is_a_field_of_its_elements()
    {
        var wrong = Lists()
            .Where(field => FieldTopology.Find(field.Model, field.Name) is { } topology
                && topology.Keys.Any(key => !NamesOf(field.Element).Contains(key.Name)))
            .Select(field => $"{field.Model.Name}.{field.Name}");

        Assert.That(wrong, Is.Empty);
    }

    [TestCaseSource(typeof(ApiServer.Catalog), nameof(ApiServer.Catalog.Kinds))]
    public void Every_kind_has_a_schema_whose_metadata_is_taken_apart(ApiServer.Catalog.Entry entry)
    {
        var schema = entry.Definition.MergeSchema;

        Assert.That(schema.Topology, Is.EqualTo(Topology.Granular));
        Assert.That(schema.Find("metadata")?.Schema.Find("finalizers")?.Schema.Topology, Is.EqualTo(Topology.Set));
        Assert.That(schema.Find("metadata")?.Schema.Find("labels")?.Schema.Topology, Is.EqualTo(Topology.Granular));
    }

    private static IEnumerable<(Type Model, string Name, Type Element)> Lists()
        => from model in Models
           from property in model.GetProperties()
           where property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IList<>)
           select (model, NameOf(property), property.PropertyType.GetGenericArguments()[0]);

    private static List<string> NamesOf(Type model) => [.. model.GetProperties().Select(NameOf)];

    private static string NameOf(PropertyInfo property)
        => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? property.Name;
}
