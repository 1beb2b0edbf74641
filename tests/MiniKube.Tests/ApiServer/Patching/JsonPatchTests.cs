using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class JsonPatchTests
{
    [TestCase("""{"a":1}""", """[{"op":"add","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [TestCase("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2,3]}""")]
    [TestCase("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""")]
    [TestCase("""{"a":1}""", """[{"op":"add","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [TestCase("""{"a":1,"b":2}""", """[{"op":"remove","path":"/a"}]""", """{"b":2}""")]
    [TestCase("""{"a":[1,2]}""", """[{"op":"remove","path":"/a/0"}]""", """{"a":[2]}""")]
    [TestCase("""{"a":null}""", """[{"op":"replace","path":"/a","value":1}]""", """{"a":1}""")]
    [TestCase("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/c"}]""", """{"a":{},"c":1}""")]
    [TestCase("""{"a":[1]}""", """[{"op":"copy","from":"/a","path":"/b"}]""", """{"a":[1],"b":[1]}""")]
    [TestCase("""{"a/b":1,"c~d":2}""", """[{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/c~0d"}]""", "{}")]
    [TestCase("""{"a":1.0}""", """[{"op":"test","path":"/a","value":1.0}]""", """{"a":1.0}""")]
    public void Operations_change_what_their_path_names(string target, string patch, string expected)
    {
        var result = JsonPatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch));

        Assert.That(JsonNode.DeepEquals(result, JsonNode.Parse(expected)), Is.True, result?.ToJsonString());
    }

    [TestCase("""[{"op":"remove","path":"/no"}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"replace","path":"/no","value":1}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"add","path":"/list/3","value":1}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"add","path":"/list/01","value":1}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"replace","path":"/list/-","value":1}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"add","path":"/a/b/c","value":1}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"test","path":"/a","value":2}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"move","from":"/list","path":"/list/0"}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"remove","path":""}]""", StatusReason.Invalid)]
    [TestCase("""[{"op":"add","path":"a","value":1}]""", StatusReason.BadRequest)]
    [TestCase("""[{"op":"add","path":"/a~2","value":1}]""", StatusReason.BadRequest)]
    [TestCase("""[{"op":"add","path":"/a"}]""", StatusReason.BadRequest)]
    [TestCase("""[{"op":"jump","path":"/a"}]""", StatusReason.BadRequest)]
    [TestCase("""[{"path":"/a"}]""", StatusReason.BadRequest)]
    [TestCase("""[1]""", StatusReason.BadRequest)]
    [TestCase("""{"op":"remove"}""", StatusReason.BadRequest)]
    public void A_bad_operation_is_refused(string patch, StatusReason reason)
    {
        var target = JsonNode.Parse("""{"a":1,"list":[1,2]}""");

        var error = Assert.Throws<ApiException>(() => JsonPatch.Apply(target, JsonNode.Parse(patch)));

        Assert.That(error!.Reason, Is.EqualTo(reason));
    }

    [Test]
    public void A_failing_operation_leaves_the_target_as_it_was()
    {
        var target = JsonNode.Parse("""{"a":1}""")!;
        var patch = JsonNode.Parse("""[{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":0}]""");

        Assert.Throws<ApiException>(() => JsonPatch.Apply(target, patch));

        Assert.That(target.ToJsonString(), Is.EqualTo("""{"a":1}"""));
    }
}
