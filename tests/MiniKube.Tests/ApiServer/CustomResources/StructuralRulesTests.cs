using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.CustomResources;

/// <summary>Which schemas are structural, in Kubernetes' words.</summary>
public sealed class StructuralRulesTests
{
    [TestCase("""{"type":"object"}""")]
    [TestCase("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}""")]
    [TestCase("""{"type":"object","properties":{"metadata":{"type":"object","properties":{"name":{"type":"string","maxLength":5}}}}}""")]
    [TestCase("""{"type":"object","properties":{"p":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}""")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"integer","default":3,"minimum":1}}}""")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"string","x-kubernetes-validations":[{"rule":"self.size() < 3"}]}}}""")]
    public void A_structural_schema_is_accepted(string schema) => Assert.That(Check(schema), Is.Empty);

    [TestCase("{}", "s.type: Required value: must not be empty at the root")]
    [TestCase("""{"type":"string"}""", "s.type: Invalid value: \"string\": must be object at the root")]
    [TestCase("""{"type":"object","properties":{"p":{}}}""",
        "s.properties[p].type: Required value: must not be empty for specified object fields")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"array"}}}""", "s.properties[p].items: Required value: must be specified")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"array","items":{}}}}""",
        "s.properties[p].items.type: Required value: must not be empty for specified array items")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"text"}}}""",
        "s.properties[p].type: Unsupported value: \"text\": supported values: "
        + "\"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"object","$ref":"#/x"}}}""",
        "s.properties[p].$ref: Forbidden: $ref is not supported")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"array","uniqueItems":true,"items":{"type":"string"}}}}""",
        "s.properties[p].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [TestCase("""{"type":"object","additionalProperties":{"type":"string"}}""",
        "s.additionalProperties: Forbidden: must not be used at the root")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}}}""",
        "s.properties[p].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"string","anyOf":[{"type":"string"}]}}}""",
        "s.properties[p].anyOf[0].type: Forbidden: must be empty to be structural")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"string","not":{"default":"x"}}}}""",
        "s.properties[p].not.default: Forbidden: must be undefined to be structural")]
    [TestCase("""{"type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}}""",
        "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, "
        + "but metadata is implicitly specified")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"object","x-kubernetes-embedded-resource":true}}}""",
        "s.properties[p].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without "
        + "x-kubernetes-preserve-unknown-fields")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"integer","default":"x"}}}""",
        "s.properties[p].default: Invalid value: \"string\": s.properties[p].default in body must be of type integer: \"string\"")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"object","default":{"y":1},"properties":{"x":{"type":"string"}}}}}""",
        "s.properties[p].default: Invalid value: {}: must not have unknown fields: y")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"array","x-kubernetes-list-type":"map","items":{"type":"object"}}}}""",
        "s.properties[p].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"string","x-kubernetes-map-type":"granular"}}}""",
        "s.properties[p].type: Invalid value: \"string\": must be object if x-kubernetes-map-type is specified")]
    [TestCase("""{"type":"object","x-kubernetes-validations":[{"rule":"self.spec ++ 1"}]}""",
        "s.x-kubernetes-validations[0].rule: Invalid value: \"self.spec ++ 1\": compilation failed: ERROR: <input>:1:12: ")]
    [TestCase("""{"type":"object","x-kubernetes-validations":[{"rule":"spec.x == 1"}]}""",
        "s.x-kubernetes-validations[0].rule: Invalid value: \"spec.x == 1\": compilation failed: ERROR: <input>:1:1: "
        + "undeclared reference to 'spec' (in container '')")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.q > 1"}]}""",
        "s.x-kubernetes-validations[0].rule: Invalid value: \"self.q > 1\": compilation failed: ERROR: <input>:1:5: undefined field 'q'")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"integer","x-kubernetes-validations":[{"rule":"self + 1"}]}}}""",
        "s.properties[p].x-kubernetes-validations[0].rule: Invalid value: \"self + 1\": cel expression must evaluate to a bool")]
    [TestCase("""
        {"type":"object","properties":{"p":{"type":"array","items":{
         "type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}}}
        """, "s.properties[p].items.x-kubernetes-validations[0].rule: Invalid value: \"self >= oldSelf\": "
        + "oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[p]")]
    [TestCase("""{"type":"object","properties":{"p":{"type":"array","x-kubernetes-list-type":"map","items":{"nullable":5}}}}""",
        "s.properties[p].items: Invalid value: \"\": must be a schema: ")]
    public void Another_one_is_refused_in_the_words_of_Kubernetes(string schema, string expected)
        => Assert.That(Check(schema), Has.One.StartsWith(expected));

    [Test]
    public void A_pattern_that_needs_backtracking_is_refused()
        => Assert.That(
            Check("""{"type":"object","properties":{"p":{"type":"string","pattern":"(?=a)b"}}}"""),
            Has.One.StartsWith("s.properties[p].pattern: Invalid value: \"(?=a)b\": must be a valid regular expression, but isn't: "));

    private static IEnumerable<string> Check(string schema)
    {
        var errors = new FieldErrors();
        StructuralRules.Validate(SchemaCases.Source(schema), "s", errors);
        return errors.Found.Select(static one => one.ToString());
    }
}
