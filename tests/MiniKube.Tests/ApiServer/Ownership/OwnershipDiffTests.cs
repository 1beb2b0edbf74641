using System.Text;
using System.Text.Json;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Ownership;

public sealed class OwnershipDiffTests
{
    [TestCase("""{"a":1}""", """{"a":1}""", "{}", "{}")]
    [TestCase("""{"a":1}""", """{"a":2}""", """{"f:a":{}}""", "{}")]
    [TestCase("""{"a":1}""", """{"b":1}""", """{"f:b":{}}""", """{"f:a":{}}""")]
    [TestCase("""{"part":{"a":1,"b":1}}""", """{"part":{"a":1,"b":2}}""", """{"f:part":{"f:b":{}}}""", "{}")]
    [TestCase("""{}""", """{"free":{"a":{"b":1}}}""", """{"f:free":{".":{},"f:a":{".":{},"f:b":{}}}}""", "{}")]
    [TestCase("""{"free":{"a":{"b":1}}}""", """{}""", "{}", """{"f:free":{".":{},"f:a":{".":{},"f:b":{}}}}""")]
    [TestCase("""{"set":["a","b"]}""", """{"set":["b","c"]}""", """{"f:set":{"v:\"c\"":{}}}""", """{"f:set":{"v:\"a\"":{}}}""")]
    [TestCase("""{"set":["a","b"]}""", """{"set":["b","a"]}""", "{}", "{}")]
    [TestCase("""{"keyed":[{"name":"a","x":1}]}""", """{"keyed":[{"name":"a","x":2},{"name":"b"}]}""",
        """{"f:keyed":{"k:{\"name\":\"a\"}":{"f:x":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{}}}}""", "{}")]
    [TestCase("""{"keyed":[{"name":"a"},{"name":"a","x":1}]}""", """{"keyed":[{"name":"a"},{"name":"a","x":2}]}""",
        """{"f:keyed":{"k:{\"name\":\"a\"}":{"f:x":{}}}}""", "{}")]
    [TestCase("""{"keyed":[{"name":"a"},{"name":"a","x":1},{"name":"b"}]}""",
        """{"keyed":[{"name":"b"},{"name":"a"},{"name":"a","x":2}]}""",
        """{"f:keyed":{"k:{\"name\":\"a\"}":{}}}""", "{}")]
    [TestCase("""{"set":["a","b","c"]}""", """{"set":["a","c","d"]}""", """{"f:set":{"v:\"d\"":{}}}""", """{"f:set":{"v:\"b\"":{}}}""")]
    [TestCase("""{"whole":{"a":1,"b":2}}""", """{"whole":{"b":2,"a":1}}""", "{}", "{}")]
    [TestCase("""{"free":{"a":1,"b":2,"c":3}}""", """{"free":{"c":3,"b":9,"d":1}}""",
        """{"f:free":{"f:b":{},"f:d":{}}}""", """{"f:free":{"f:a":{}}}""")]
    [TestCase("""{"free":{"a":1}}""", """{"free":[1]}""", """{"f:free":{}}""", "{}")]
    public void Changes_are_seen_field_by_field(string old, string item, string changed, string removed)
    {
        var diff = OwnershipDiff.Between(
            JsonElement.Parse(old), JsonElement.Parse(item), ListSchema.Instance, OwnedParts.Of(new ConfigMapResource(), ""));

        Assert.That((Text(diff.Changed), Text(diff.Removed)), Is.EqualTo((changed, removed)));
    }

    [Test]
    public void Who_creates_a_deployment_owns_what_Kubernetes_says()
    {
        const string deployment = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","uid":"u","generation":1,"labels":{"app":"a"}},
             "spec":{"replicas":1,"selector":{"matchLabels":{"app":"a"}},
              "strategy":{"rollingUpdate":{"maxSurge":"25%"},"type":"RollingUpdate"},
              "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"n","image":"i","ports":[{"containerPort":80}],
               "resources":{"limits":{"cpu":"1"}}}],"securityContext":{}}}},"status":{"replicas":1}}
            """;

        Assert.That(Text(All(new DeploymentResource(), deployment)), Is.EqualTo(Compact("""
            {"f:metadata":{"f:labels":{".":{},"f:app":{}}},
             "f:spec":{"f:replicas":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{}},"f:type":{}},
              "f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},
               "f:spec":{"f:containers":{"k:{\"name\":\"n\"}":{".":{},"f:name":{},"f:image":{},
                "f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}},
                "f:resources":{".":{},"f:limits":{".":{},"f:cpu":{}}}}},"f:securityContext":{}}}}}
            """)));
    }

    [Test]
    public void Who_creates_a_config_map_owns_its_entries()
        => Assert.That(
            Text(All(new ConfigMapResource(), """{"metadata":{"name":"a"},"data":{"k":"v"},"immutable":true}""")),
            Is.EqualTo("""{"f:data":{".":{},"f:k":{}},"f:immutable":{}}"""));

    [Test]
    public void Who_writes_a_status_owns_no_specification()
    {
        var parts = OwnedParts.Of(new DeploymentResource(), "status");

        var diff = OwnershipDiff.Between(
            JsonElement.Parse("""{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"replicas":1}}"""),
            JsonElement.Parse("""
                {"metadata":{"name":"a","resourceVersion":"2","labels":{"l":"m"}},"spec":{"replicas":2},"status":{"replicas":2}}
                """),
            new DeploymentResource().MergeSchema, parts);

        Assert.That(Text(diff.Changed), Is.EqualTo(
            """{"f:metadata":{"f:labels":{".":{},"f:l":{}}},"f:status":{".":{},"f:replicas":{}}}"""));
    }

    private static FieldSet All(ResourceDefinition definition, string json)
        => OwnershipDiff.All(JsonElement.Parse(json), definition.MergeSchema, OwnedParts.Of(definition, ""));

    private static string Compact(string json) => string.Concat(json.Split('\n').Select(line => line.Trim()));

    private static string Text(FieldSet set) => Encoding.UTF8.GetString(FieldSetJson.Write(set));
}
