using System.Text;
using System.Text.Json;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Ownership;

public sealed class FieldSetTests
{
    [TestCase("""{"f:a":{},"f:b":{".":{},"f:c":{}}}""")]
    [TestCase("""{"f:list":{"k:{\"name\":\"x\"}":{".":{},"f:name":{}},"v:\"y\"":{},"i:0":{}}}""")]
    [TestCase("""{}""")]
    public void What_is_read_is_written_again(string json)
        => Assert.That(Text(Read(json)), Is.EqualTo(json));

    [TestCase("""{"a":{}}""")]
    [TestCase("""{"f:a":1}""")]
    [TestCase("""{"f:a":{"x:b":{}}}""")]
    [TestCase("""[]""")]
    public void What_is_no_field_set_is_refused(string json)
        => Assert.That(() => Read(json), Throws.InstanceOf<JsonException>());

    [TestCase("""{"f:a":{".":{},"f:b":{}}}""", """{"f:a":{"f:b":{}}}""", """{"f:a":{}}""")]
    [TestCase("""{"f:a":{"f:b":{},"f:c":{}}}""", """{"f:a":{"f:b":{}}}""", """{"f:a":{"f:c":{}}}""")]
    [TestCase("""{"f:a":{"f:b":{}}}""", """{"f:a":{}}""", """{"f:a":{"f:b":{}}}""")]
    [TestCase("""{"f:a":{"f:b":{}}}""", """{"f:a":{".":{},"f:b":{}}}""", """{}""")]
    public void Taking_out_leaves_the_rest_and_no_empty_nodes(string set, string taken, string left)
    {
        var fields = Read(set);

        fields.ExceptWith(Read(taken));

        Assert.That(Text(fields), Is.EqualTo(left));
    }

    [TestCase("""{"f:a":{".":{},"f:b":{}},"f:c":{}}""", """{"f:a":{"f:b":{}},"f:d":{}}""", """{"f:a":{"f:b":{}}}""", 1)]
    [TestCase("""{"f:a":{".":{},"f:b":{}}}""", """{"f:a":{}}""", """{"f:a":{}}""", 1)]
    [TestCase("""{"f:a":{}}""", """{"f:a":{"f:b":{}}}""", """{}""", 0)]
    [TestCase("""{"f:a":{},"f:b":{},"f:c":{},"f:d":{},"f:e":{}}""",
        """{"f:e":{},"f:d":{},"f:x":{},"f:y":{},"f:z":{}}""", """{"f:d":{},"f:e":{}}""", 2)]
    public void What_two_sets_share_is_told_from_the_set_and_from_its_bytes(string left, string right, string shared, int count)
    {
        var common = Read(left).IntersectionWith(Read(right));

        Assert.That(Text(common), Is.EqualTo(shared));
        Assert.That(FieldSetJson.CountCommon(Encoding.UTF8.GetBytes(left), Read(right)), Is.EqualTo(count));
        Assert.That(common.MemberCount, Is.EqualTo(count));
    }

    [Test]
    public void Ten_thousand_children_are_found_and_taken_out()
    {
        var fields = new FieldSet();
        var odd = new FieldSet();
        for (var number = 0; number < 10_000; number++)
        {
            fields.Add($"f:{number}");
            (number % 2 == 0 ? new FieldSet() : odd).Add($"f:{number}");
        }

        fields.ExceptWith(odd);

        Assert.That(fields.MemberCount, Is.EqualTo(5_000));
        Assert.That(fields.Find("f:9998"), Is.Not.Null);
        Assert.That(fields.Find("f:9999"), Is.Null);
    }

    [Test]
    public void Paths_are_written_as_in_messages()
    {
        var fields = Read("""
            {"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{}}}},
             "f:set":{"v:\"x\"":{}}}}
            """);

        Assert.That(fields.Paths(), Is.EqualTo(new[]
        {
            """.spec.containers[name="a"]""", """.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"]""",
            """.spec.set[="x"]""",
        }));
    }

    [TestCase("k:nonsense", "[nonsense]")]
    [TestCase("k:5", "[5]")]
    [TestCase("v:\"a\"", "[=\"a\"]")]
    [TestCase("i:3", "[3]")]
    public void Any_step_has_a_text(string step, string text) => Assert.That(FieldStep.Text(step), Is.EqualTo(text));

    [Test]
    public void A_key_that_Go_escaped_is_the_same_key()
    {
        var go = Read("""{"f:env":{"k:{\"name\":\"a\\u003cb\"}":{}}}""");
        var ours = Read("""{"f:env":{"k:{\"name\":\"a<b\"}":{}}}""");

        Assert.That(go.SetEquals(ours), Is.True);
    }

    private static FieldSet Read(string json) => FieldSetJson.Read(Encoding.UTF8.GetBytes(json));

    private static string Text(FieldSet set) => Encoding.UTF8.GetString(FieldSetJson.Write(set));
}
