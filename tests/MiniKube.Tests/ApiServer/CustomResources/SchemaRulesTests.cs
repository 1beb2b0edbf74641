using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.CustomResources;

/// <summary>Every keyword of a structural schema, what meets it and what does not, in Kubernetes' words.</summary>
public sealed class SchemaRulesTests
{
    [TestCase("""{"type":"string"}""", "\"x\"")]
    [TestCase("""{"type":"number"}""", "1")]
    [TestCase("""{"type":"integer"}""", "3.0")]
    [TestCase("""{"type":"string","nullable":true}""", "null")]
    [TestCase("""{"x-kubernetes-int-or-string":true}""", "5")]
    [TestCase("""{"x-kubernetes-int-or-string":true}""", "\"5%\"")]
    [TestCase("""{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}""", "\"5%\"")]
    [TestCase("""{"type":"integer","minimum":1,"maximum":3}""", "3")]
    [TestCase("""{"type":"number","multipleOf":0.1}""", "0.3")]
    [TestCase("""{"type":"string","minLength":2,"maxLength":2}""", "\"\uD83D\uDE00b\"")]
    [TestCase("""{"type":"string","pattern":"b"}""", "\"abc\"")]
    [TestCase("""{"type":"string","format":"no-such-format"}""", "\"x\"")]
    [TestCase("""{"type":"string","format":"date-time"}""", "\"2026-01-01T00:00:00.5+02:00\"")]
    [TestCase("""{"type":"string","format":"ipv6"}""", "\"::1\"")]
    [TestCase("""{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}""", "[\"a\",\"b\"]")]
    [TestCase("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"x":1}""")]
    [TestCase("""{"type":"object","oneOf":[{"required":["x"]},{"required":["y"]}],"properties":{"x":{"type":"integer"}}}""", """{"x":1}""")]
    [TestCase("""{"type":"object","not":{"required":["y"]},"properties":{"x":{"type":"integer"}}}""", """{"x":1}""")]
    public void A_value_that_meets_its_schema_is_accepted(string schema, string value)
        => Assert.That(Check(schema, value), Is.Empty);

    [TestCase("""{"type":"integer"}""", "\"x\"", "a: Invalid value: \"string\": a in body must be of type integer: \"string\"")]
    [TestCase("""{"type":"integer"}""", "1.5", "a: Invalid value: \"number\": a in body must be of type integer: \"number\"")]
    [TestCase("""{"type":"string"}""", "null", "a: Invalid value: \"null\": a in body must be of type string: \"null\"")]
    [TestCase("""{"type":"array","items":{"type":"boolean"}}""", "[true,1]",
        "a[1]: Invalid value: \"integer\": a[1] in body must be of type boolean: \"integer\"")]
    [TestCase("""{"x-kubernetes-int-or-string":true}""", "true",
        "a: Invalid value: \"boolean\": a in body must be of type integer,string: \"boolean\"")]
    [TestCase("""{"type":"integer","minimum":1}""", "0", "a: Invalid value: 0: a in body should be greater than or equal to 1")]
    [TestCase("""{"type":"integer","maximum":9,"exclusiveMaximum":true}""", "9", "a: Invalid value: 9: a in body should be less than 9")]
    [TestCase("""{"type":"number","multipleOf":0.5}""", "0.7", "a: Invalid value: 0.7: a in body should be a multiple of 0.5")]
    [TestCase("""{"type":"integer","format":"int32"}""", "3000000000",
        "a: Invalid value: \"int64\": a in body must be of type int32: \"int64\"")]
    [TestCase("""{"type":"string","maxLength":2}""", "\"abc\"", "a: Too long: may not be more than 2 bytes")]
    [TestCase("""{"type":"string","minLength":2}""", "\"a\"", "a: Invalid value: \"a\": a in body should be at least 2 chars long")]
    [TestCase("""{"type":"string","pattern":"^b$"}""", "\"b\\n\"", "a: Invalid value: \"b\n\": a in body should match '^b$'")]
    [TestCase("""{"type":"string","format":"ipv4"}""", "\"1.2.3\"", "a: Invalid value: \"1.2.3\": a in body must be of type ipv4: \"1.2.3\"")]
    [TestCase("""{"type":"string","format":"date"}""", "\"2026-02-30\"",
        "a: Invalid value: \"2026-02-30\": a in body must be of type date: \"2026-02-30\"")]
    [TestCase("""{"type":"string","enum":["y","x"]}""", "\"z\"", "a: Unsupported value: \"z\": supported values: \"x\", \"y\"")]
    [TestCase("""{"type":"array","maxItems":1,"items":{"type":"integer"}}""", "[1,2]", "a: Too many: 2: must have at most 1 items")]
    [TestCase("""{"type":"array","minItems":2,"items":{"type":"integer"}}""", "[1]",
        "a: Invalid value: 1: a in body should have at least 2 items")]
    [TestCase("""{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}""", "[\"a\",\"b\",\"a\"]",
        "a[2]: Duplicate value: \"a\"")]
    [TestCase("""
        {"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k","p"],"items":{"type":"object",
         "properties":{"k":{"type":"string"},"p":{"type":"string","default":"TCP"}}}}
        """, """[{"k":"a"},{"k":"b"},{"k":"a","p":"TCP"}]""", "a[2]: Duplicate value: {\"k\":\"a\",\"p\":\"TCP\"}")]
    [TestCase("""{"type":"object","required":["x"],"properties":{"x":{"type":"integer"}}}""", "{}", "a.x: Required value")]
    [TestCase("""{"type":"object","maxProperties":1,"additionalProperties":{"type":"integer"}}""", """{"x":1,"y":2}""",
        "a: Too many: 2: must have at most 1 items")]
    [TestCase("""{"type":"object","minProperties":1,"additionalProperties":{"type":"integer"}}""", "{}",
        "a: Invalid value: 1: a in body should have at least 1 properties")]
    [TestCase("""{"type":"string","anyOf":[{"pattern":"^a"},{"pattern":"^b"}]}""", "\"c\"",
        "<nil>: Invalid value: \"\": \"a\" must validate at least one schema (anyOf)",
        "a: Invalid value: \"c\": a in body should match '^a'")]
    [TestCase("""{"type":"string","oneOf":[{"pattern":"a"},{"pattern":"b"}]}""", "\"ab\"",
        "<nil>: Invalid value: \"\": \"a\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [TestCase("""{"type":"string","not":{"pattern":"a"}}""", "\"a\"", "<nil>: Invalid value: \"\": \"a\" must not validate the schema (not)")]
    [TestCase("""{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}""",
        """{"kind":"Pod"}""", "a.apiVersion: Required value: must not be empty")]
    public void A_value_that_does_not_is_refused_in_the_words_of_Kubernetes(string schema, string value, params string[] expected)
        => Assert.That(Check(schema, value), Is.EqualTo(expected));

    private static IEnumerable<string> Check(string schema, string value)
    {
        var errors = new FieldErrors();
        SchemaRules.Validate(SchemaCases.Value($$"""{"a":{{value}}}"""), SchemaCases.Of(schema), "", errors);
        return errors.Found.Select(static one => one.ToString());
    }
}
