using System.Text;
using System.Text.Json;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Ownership;

/// <summary>https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy</summary>
public sealed class ApplyMergeTests
{
    private static readonly string[][] Merges =
    [
        ["a value is replaced", """{"a":1,"b":2}""", """{"b":3}""", """{"a":1,"b":3}"""],
        ["a new field comes last", """{"a":1}""", """{"b":3}""", """{"a":1,"b":3}"""],
        ["objects merge", """{"free":{"a":1,"b":{"c":1}}}""", """{"free":{"b":{"d":2}}}""", """{"free":{"a":1,"b":{"c":1,"d":2}}}"""],
        ["an object replaces a value", """{"free":1}""", """{"free":{"a":1}}""", """{"free":{"a":1}}"""],
        ["a value replaces an object", """{"free":{"a":1}}""", """{"free":2}""", """{"free":2}"""],
        ["a list without a type is replaced", """{"free":{"l":[1,2]}}""", """{"free":{"l":[3]}}""", """{"free":{"l":[3]}}"""],
        ["an atomic object is replaced", """{"whole":{"a":1}}""", """{"whole":{"b":2}}""", """{"whole":{"b":2}}"""],
        ["null replaces", """{"free":{"a":1}}""", """{"free":null}""", """{"free":null}"""],
        ["a set takes in what it lacks", """{"set":["a","b"]}""", """{"set":["c","b"]}""", """{"set":["a","c","b"]}"""],
        ["a set of numbers", """{"set":[1,2]}""", """{"set":[2,3]}""", """{"set":[1,2,3]}"""],
        ["elements merge by key", """{"keyed":[{"name":"a","x":1},{"name":"b"}]}""", """{"keyed":[{"name":"a","y":2}]}""",
            """{"keyed":[{"name":"a","x":1,"y":2},{"name":"b"}]}"""],
        ["the configuration orders what both have", """{"set":["a","b","c"]}""", """{"set":["c","a"]}""", """{"set":["b","c","a"]}"""],
        ["what only the object has keeps its place", """{"set":["1","a","2","b","3"]}""", """{"set":["a","n","b"]}""",
            """{"set":["1","a","2","n","b","3"]}"""],
        ["all in another order", """{"set":["a","b"]}""", """{"set":["b","a"]}""", """{"set":["b","a"]}"""],
        ["a key with a default", """{"ports":[{"port":80,"protocol":"TCP","x":1},{"port":80,"protocol":"UDP"}]}""",
            """{"ports":[{"port":80,"y":2}]}""",
            """{"ports":[{"port":80,"protocol":"TCP","x":1,"y":2},{"port":80,"protocol":"UDP"}]}"""],
        ["a list where there was none", """{}""", """{"keyed":[{"name":"a"}]}""", """{"keyed":[{"name":"a"}]}"""],
        ["an empty list changes nothing", """{"set":["a"]}""", """{"set":[]}""", """{"set":["a"]}"""],
    ];

    // Live object, what the applier had, what others have, what it applies now.
    private static readonly string[][] Removals =
    [
        ["what the applier drops goes", """{"a":1,"b":2}""", """{"f:a":{},"f:b":{}}""", "{}", """{"a":1}""", """{"a":1}"""],
        ["what it never had stays", """{"a":1,"b":2}""", """{"f:a":{}}""", "{}", """{"a":1}""", """{"a":1,"b":2}"""],
        ["what somebody else has too stays", """{"a":1,"b":2}""", """{"f:a":{},"f:b":{}}""", """{"f:b":{}}""",
            """{"a":1}""", """{"a":1,"b":2}"""],
        ["an entry of a map goes", """{"free":{"x":1,"y":2}}""", """{"f:free":{"f:x":{},"f:y":{}}}""", "{}",
            """{"free":{"x":1}}""", """{"free":{"x":1}}"""],
        ["a declared field goes with all that nobody owns", """{"part":{"a":1,"d":9}}""", """{"f:part":{"f:a":{}}}""", "{}", "{}", "{}"],
        ["a declared field stays for who owns a part of it", """{"part":{"a":1,"d":9}}""", """{"f:part":{"f:a":{}}}""",
            """{"f:part":{"f:d":{}}}""", "{}", """{"part":{"d":9}}"""],
        ["an element goes with what was defaulted in it", """{"keyed":[{"name":"a","d":1},{"name":"b"}]}""",
            """{"f:keyed":{"k:{\"name\":\"a\"}":{".":{},"f:name":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{}}}}""", "{}",
            """{"keyed":[{"name":"b"}]}""", """{"keyed":[{"name":"b"}]}"""],
        ["an element stays when the applier only had a part of it", """{"keyed":[{"name":"a","x":1,"y":2}]}""",
            """{"f:keyed":{"k:{\"name\":\"a\"}":{"f:x":{}}}}""", "{}", """{"keyed":[{"name":"b"}]}""",
            """{"keyed":[{"name":"a","y":2},{"name":"b"}]}"""],
        ["an element stays for who owns a part of it", """{"keyed":[{"name":"a","x":1,"y":2}]}""",
            """{"f:keyed":{"k:{\"name\":\"a\"}":{".":{},"f:name":{},"f:x":{}}}}""",
            """{"f:keyed":{"k:{\"name\":\"a\"}":{".":{},"f:name":{},"f:y":{}}}}""", "{}", """{"keyed":[{"name":"a","y":2}]}"""],
        ["a value of a set goes", """{"set":["a","b","c"]}""", """{"f:set":{"v:\"a\"":{},"v:\"b\"":{}}}""", "{}",
            """{"set":["a"]}""", """{"set":["a","c"]}"""],
        ["an atomic value goes whole", """{"whole":{"a":1}}""", """{"f:whole":{}}""", "{}", "{}", "{}"],
    ];

    [TestCaseSource(nameof(Merges))]
    public void A_configuration_is_merged(string what, string live, string configuration, string expected)
        => Assert.That(Merge(live, "{}", "{}", configuration), Is.EqualTo(expected), what);

    [TestCaseSource(nameof(Removals))]
    public void What_an_applier_drops_goes(string what, string live, string last, string others, string configuration, string expected)
        => Assert.That(Merge(live, last, others, configuration), Is.EqualTo(expected), what);

    [TestCase("""{"keyed":[{"name":"a"},{"name":"a"}]}""", """.keyed: duplicate entries for key [name="a"]""")]
    [TestCase("""{"set":["a","a"]}""", """.set: duplicate entries for key [="a"]""")]
    [TestCase("""{"keyed":[{"nam":"a"}]}""",
        """.keyed: element 0: associative list with keys has an element that omits key field "name" (and doesn't have default value)""")]
    [TestCase("""{"keyed":["a"]}""", ".keyed: element 0: associative list with keys may not have non-map elements")]
    [TestCase("""{"part":{"ports":[{"protocol":"UDP"}]}}""",
        """.part.ports: element 0: associative list with keys has an element that omits key field "port" """
        + "(and doesn't have default value)")]
    public void Elements_that_cannot_be_told_apart_are_refused(string configuration, string problem)
        => Assert.That(Applied(configuration).Problems, Is.EqualTo(new[] { problem }));

    [TestCase("""{"free":{"a":{},"b":{"c":1}},"whole":{"x":1},"part":{},"set":[],"keyed":[{"name":"a","x":null}]}""",
        """{"f:free":{"f:a":{},"f:b":{".":{},"f:c":{}}},"f:whole":{},"f:part":{},"""
        + """ "f:keyed":{"k:{\"name\":\"a\"}":{".":{},"f:name":{},"f:x":{}}}}""")]
    [TestCase("""{"apiVersion":"v1","kind":"X","metadata":{"name":"a","uid":"u","labels":{"l":"m"}}}""",
        """{"f:metadata":{"f:labels":{".":{},"f:l":{}}}}""")]
    public void An_applier_owns_what_it_names(string configuration, string fields)
        => Assert.That(Text(Applied(configuration).Fields), Is.EqualTo(fields.Replace(" ", "")));

    private static string Merge(string live, string last, string others, string configuration)
    {
        var kept = Read(others);
        kept.UnionWith(Applied(configuration).Fields);
        return Encoding.UTF8.GetString(ApplyMerge.Merge(
            JsonElement.Parse(live), JsonElement.Parse(configuration), ListSchema.Instance, Read(last), kept));
    }

    private static AppliedFields Applied(string configuration)
        => AppliedFields.Of(JsonElement.Parse(configuration), ListSchema.Instance, OwnedParts.Of(new ConfigMapResource(), ""));

    private static FieldSet Read(string json) => FieldSetJson.Read(Encoding.UTF8.GetBytes(json));

    private static string Text(FieldSet set) => Encoding.UTF8.GetString(FieldSetJson.Write(set));
}
