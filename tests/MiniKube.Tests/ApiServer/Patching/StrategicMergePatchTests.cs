using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class StrategicMergePatchTests
{
    [TestCase("""{"containers":[{"name":"a","image":"1"}]}""", """{"containers":[{"name":"a","image":"2"}]}""",
        """{"containers":[{"name":"a","image":"2"}]}""", TestName = "An_element_merges_by_its_key")]
    [TestCase("""{"containers":[{"name":"a","image":"1"}]}""", """{"containers":[{"name":"b","image":"2"}]}""",
        """{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}""", TestName = "A_new_element_is_added")]
    [TestCase("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"a","$patch":"delete"}]}""",
        """{"containers":[{"name":"b"}]}""", TestName = "An_element_is_deleted_by_directive")]
    [TestCase("""{"containers":[{"name":"a"}]}""", """{"containers":[{"name":"c"},{"$patch":"replace"}]}""",
        """{"containers":[{"name":"c"}]}""", TestName = "A_list_is_replaced_by_directive")]
    [TestCase("""{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]}]}""",
        """{"containers":[{"name":"a","env":[{"name":"X","value":null},{"name":"Z","value":"3"}]}]}""",
        """{"containers":[{"name":"a","env":[{"name":"X"},{"name":"Y","value":"2"},{"name":"Z","value":"3"}]}]}""",
        TestName = "Lists_merge_below_list_elements")]
    [TestCase("""{"tolerations":[{"key":"a"},{"key":"b"}]}""", """{"tolerations":[{"key":"c"}]}""",
        """{"tolerations":[{"key":"c"}]}""", TestName = "A_list_without_a_key_is_replaced")]
    [TestCase("""{"nodeSelector":{"a":"1","b":"2"}}""", """{"nodeSelector":{"a":null,"c":"3"}}""",
        """{"nodeSelector":{"b":"2","c":"3"}}""", TestName = "Maps_merge_and_null_removes")]
    [TestCase("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"$patch":"replace","b":"2"}}""",
        """{"nodeSelector":{"b":"2"}}""", TestName = "A_map_is_replaced_by_directive")]
    [TestCase("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"$patch":"delete"}}""",
        """{"nodeSelector":{}}""", TestName = "A_map_is_emptied_by_directive")]
    [TestCase("""{"volumes":[{"name":"v","emptyDir":{}}]}""",
        """{"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]}""",
        """{"volumes":[{"name":"v","configMap":{"name":"c"}}]}""", TestName = "Retain_keys_drops_the_other_member_of_a_union")]
    [TestCase("""{"containers":[{"name":"a"},{"name":"b"}]}""",
        """{"$setElementOrder/containers":[{"name":"c"},{"name":"b"},{"name":"a"}],"containers":[{"name":"c"}]}""",
        """{"containers":[{"name":"c"},{"name":"b"},{"name":"a"}]}""", TestName = "Elements_come_in_the_order_the_patch_sets")]
    [TestCase("""{"containers":[{"name":"a"},{"name":"side"},{"name":"b"}]}""",
        """{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"b","image":"2"}]}""",
        """{"containers":[{"name":"a"},{"name":"side"},{"name":"b","image":"2"}]}""",
        TestName = "An_element_only_the_server_has_keeps_its_place")]
    [TestCase("""{"containers":[{"name":"a"},{"name":"b"}]}""",
        """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}""",
        """{"containers":[{"name":"b"},{"name":"a"}]}""", TestName = "An_order_alone_reorders")]
    public void Pod_specs_merge(string target, string patch, string expected)
        => AssertMerges(target, patch, expected, typeof(V1PodSpec));

    [TestCase("""{"finalizers":["a","b"]}""", """{"finalizers":["b","c"]}""", """{"finalizers":["a","b","c"]}""")]
    [TestCase("""{"finalizers":["a","b"]}""", """{"$deleteFromPrimitiveList/finalizers":["a"]}""", """{"finalizers":["b"]}""")]
    [TestCase("""{"finalizers":["a","b"]}""",
        """{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}""",
        """{"finalizers":["c","b"]}""")]
    public void Sets_of_plain_values_unite(string target, string patch, string expected)
        => AssertMerges(target, patch, expected, typeof(V1ObjectMeta));

    [Test]
    public void The_schema_is_followed_from_the_root_of_a_deployment()
        => AssertMerges(
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"a:1"},{"name":"log","image":"l"}]}}}}""",
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"a:2"}]}}}}""",
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"a:2"},{"name":"log","image":"l"}]}}}}""",
            typeof(V1Deployment));

    [TestCase("""{"$patch":"jump"}""")]
    [TestCase("""{"containers":[{"image":"no key"}]}""")]
    [TestCase("""{"containers":["text"]}""")]
    [TestCase("""{"$retainKeys":"name"}""")]
    [TestCase("""{"$setElementOrder/containers":{}}""")]
    [TestCase("""{"$deleteFromPrimitiveList/finalizers":1}""")]
    public void A_malformed_patch_is_a_bad_request(string patch)
    {
        var target = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "a" }) };

        var error = Assert.Throws<ApiException>(
            () => StrategicMergePatch.Apply(target, (JsonObject)JsonNode.Parse(patch)!, typeof(V1PodSpec)));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.BadRequest));
    }

    private static void AssertMerges(string target, string patch, string expected, Type model)
    {
        var result = StrategicMergePatch.Apply(
            (JsonObject)JsonNode.Parse(target)!, (JsonObject)JsonNode.Parse(patch)!, model);

        Assert.That(JsonNode.DeepEquals(result, JsonNode.Parse(expected)), Is.True, result.ToJsonString());
    }
}
