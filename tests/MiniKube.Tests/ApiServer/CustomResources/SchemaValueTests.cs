using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.CustomResources;

/// <summary>What is pruned and what is filled in.</summary>
public sealed class SchemaValueTests
{
    [TestCase("""{"type":"object","properties":{"x":{"type":"integer"}}}""", """{"x":1,"y":2}""", """{"x":1}""", "a.y")]
    [TestCase("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}""", """{"y":{"z":1}}""", """{"y":{"z":1}}""")]
    [TestCase("""{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"x":{"type":"object"}}}""",
        """{"x":{"q":1},"y":1}""", """{"x":{},"y":1}""", "a.x.q")]
    [TestCase("""{"type":"array","items":{"type":"object","properties":{"x":{"type":"integer"}}}}""",
        """[{"x":1},{"y":1}]""", """[{"x":1},{}]""", "a[1].y")]
    [TestCase("""{"type":"object","additionalProperties":{"type":"object","properties":{"x":{"type":"integer"}}}}""",
        """{"k":{"x":1,"y":1}}""", """{"k":{"x":1}}""", "a.k.y")]
    [TestCase("""{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"spec":{"type":"object"}}}""",
        """{"kind":"P","apiVersion":"v1","metadata":{"labels":{"a":"b"}},"spec":{"x":1},"status":1}""",
        """{"kind":"P","apiVersion":"v1","metadata":{"labels":{"a":"b"}},"spec":{}}""", "a.spec.x", "a.status")]
    public void Fields_the_schema_does_not_know_go(string schema, string value, string kept, params string[] removed)
    {
        var (whole, found) = (SchemaCases.Value($$"""{"a":{{value}}}"""), new List<string>());

        SchemaPruner.Prune(whole, SchemaCases.Of(schema), found);

        Assert.That(whole.ToJsonString(), Is.EqualTo($$"""{"a":{{kept}}}"""));
        Assert.That(found, Is.EqualTo(removed));
    }

    [TestCase("""{"type":"string","default":"x"}""", "{}", """{"a":"x"}""")]
    [TestCase("""{"type":"string","default":"x"}""", """{"a":null}""", """{"a":"x"}""")]
    [TestCase("""{"type":"string","default":"x","nullable":true}""", """{"a":null}""", """{"a":null}""")]
    [TestCase("""{"type":"string"}""", """{"a":null}""", "{}")]
    [TestCase("""{"type":"object","default":{},"properties":{"b":{"type":"integer","default":5}}}""", "{}", """{"a":{"b":5}}""")]
    [TestCase("""{"type":"object","properties":{"b":{"type":"integer","default":5}}}""", "{}", "{}")]
    [TestCase("""{"type":"array","items":{"type":"object","properties":{"b":{"type":"boolean","default":false}}}}""",
        """{"a":[{},{"b":true}]}""", """{"a":[{"b":false},{"b":true}]}""")]
    [TestCase("""{"type":"object","additionalProperties":{"type":"string","default":"d"}}""", """{"a":{"k":null}}""", """{"a":{"k":"d"}}""")]
    public void What_is_missing_is_filled_in(string schema, string value, string filled)
    {
        var whole = SchemaCases.Value(value);

        SchemaDefaulter.Apply(whole, SchemaCases.Of(schema));

        Assert.That(whole.ToJsonString(), Is.EqualTo(filled));
    }

    [Test]
    public void A_default_is_a_copy_for_every_object()
    {
        var schema = SchemaCases.Of("""{"type":"object","default":{"b":1},"x-kubernetes-preserve-unknown-fields":true}""");
        var (first, second) = (SchemaCases.Value("{}"), SchemaCases.Value("{}"));
        SchemaDefaulter.Apply(first, schema);
        first["a"]!["b"] = 2;

        SchemaDefaulter.Apply(second, schema);

        Assert.That(second.ToJsonString(), Is.EqualTo("""{"a":{"b":1}}"""));
    }
}
