using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Tests;

public sealed class ThreeWayPatchTests
{
    [Test]
    public void Nothing_is_sent_when_the_object_is_as_the_manifest_says()
    {
        var patch = Patch(
            applied: """{"spec":{"replicas":2}}""",
            wanted: """{"spec":{"replicas":2}}""",
            current: """{"spec":{"replicas":2,"revisionHistoryLimit":10},"status":{"replicas":2}}""");

        Assert.That(patch, Is.EqualTo("{}"));
    }

    [Test]
    public void A_field_that_the_manifest_no_longer_has_is_removed()
    {
        var patch = Patch(
            applied: """{"metadata":{"labels":{"a":"1","b":"2"}}}""",
            wanted: """{"metadata":{"labels":{"a":"1"}}}""",
            current: """{"metadata":{"labels":{"a":"1","b":"2","c":"3"}}}""");

        Assert.That(patch, Is.EqualTo("""{"metadata":{"labels":{"b":null}}}"""));
    }

    [Test]
    public void A_field_that_somebody_else_set_stays()
    {
        var patch = Patch(
            applied: """{"spec":{"paused":true}}""",
            wanted: """{"spec":{"paused":false}}""",
            current: """{"spec":{"paused":true,"replicas":5}}""");

        Assert.That(patch, Is.EqualTo("""{"spec":{"paused":false}}"""));
    }

    [Test]
    public void A_container_is_found_by_its_name_and_only_its_difference_is_sent()
    {
        var patch = Patch(
            applied: null,
            wanted: Containers("""{"name":"web","image":"b"}"""),
            current: Containers("""{"name":"web","image":"a","imagePullPolicy":"IfNotPresent"}"""));

        Assert.That(patch, Is.EqualTo(Containers(
            """{"image":"b","name":"web"}""", """ "$setElementOrder/containers":[{"name":"web"}],""")));
    }

    [Test]
    public void A_container_that_the_manifest_no_longer_has_is_deleted_and_an_injected_one_stays()
    {
        var patch = Patch(
            applied: Containers("""{"name":"web"},{"name":"old"}"""),
            wanted: Containers("""{"name":"web"}"""),
            current: Containers("""{"name":"web"},{"name":"old"},{"name":"injected"}"""));

        Assert.That(patch, Is.EqualTo(Containers(
            """{"$patch":"delete","name":"old"}""", """ "$setElementOrder/containers":[{"name":"web"}],""")));
    }

    [Test]
    public void A_list_without_a_key_is_sent_whole()
    {
        var patch = Patch(
            applied: null,
            wanted: Containers("""{"name":"web","args":["a","b"]}"""),
            current: Containers("""{"name":"web","args":["a"]}"""));

        Assert.That(patch, Does.Contain("""{"args":["a","b"],"name":"web"}"""));
    }

    [Test]
    public void Finalizers_are_added_and_removed_one_by_one()
    {
        var patch = Patch(
            applied: """{"metadata":{"finalizers":["a","b"]}}""",
            wanted: """{"metadata":{"finalizers":["b","c"]}}""",
            current: """{"metadata":{"finalizers":["a","b","x"]}}""");

        Assert.That(patch, Is.EqualTo("""{"metadata":{"finalizers":["c"],"$deleteFromPrimitiveList/finalizers":["a"]}}"""));
    }

    [Test]
    public void A_volume_that_changes_its_source_says_which_keys_stay()
    {
        var patch = Patch(
            applied: Volumes("""{"name":"v","emptyDir":{}}"""),
            wanted: Volumes("""{"name":"v","configMap":{"name":"m"}}"""),
            current: Volumes("""{"name":"v","emptyDir":{}}"""));

        Assert.That(patch, Does.Contain(""" "emptyDir":null,"$retainKeys":["name","configMap"],"name":"v" """.Trim()));
    }

    [Test]
    public void One_port_number_for_two_protocols_is_said_as_a_whole_list()
    {
        var both = """[{"containerPort":53,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]""";

        var patch = Patch(
            applied: null,
            wanted: Containers($$"""{"name":"dns","ports":{{both}}}"""),
            current: Containers("""{"name":"dns","ports":[{"containerPort":53,"protocol":"TCP"}]}"""));

        Assert.That(patch, Does.Contain("""{"$patch":"replace"}"""));
    }

    [Test]
    public void A_kind_without_a_model_gets_a_plain_merge_patch()
    {
        var patch = ThreeWayPatch.Create(
            Parse("""{"spec":{"list":[{"name":"a"}],"gone":1}}"""),
            Parse("""{"spec":{"list":[{"name":"b"}]}}""")!,
            Parse("""{"spec":{"list":[{"name":"a"}],"gone":1}}""")!,
            PatchSchema.Unknown);

        Assert.That(patch.ToJsonString(), Is.EqualTo("""{"spec":{"list":[{"name":"b"}],"gone":null}}"""));
    }

    private static string Containers(string items, string before = "")
        => Compact($$$"""{"spec":{"template":{"spec":{{{{before}}} "containers":[{{{items}}}] } } } }""");

    private static string Volumes(string items)
        => Compact($$$"""{"spec":{"template":{"spec":{"volumes":[{{{items}}}] } } } }""");

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    private static string Patch(string? applied, string wanted, string current)
        => ThreeWayPatch.Create(Parse(applied), Parse(wanted)!, Parse(current)!, PatchSchema.Of(typeof(V1Deployment))).ToJsonString();

    private static JsonObject? Parse(string? json) => json is null ? null : JsonNode.Parse(json)!.AsObject();
}
