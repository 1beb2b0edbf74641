using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class YamlBodyTests
{
    [Test]
    public void Yaml_becomes_the_json_it_means()
    {
        const string Yaml = """
            text: plain
            quoted: "8080"
            number: 8080
            fraction: 1.5
            yes: true
            empty:
            list: [1, two]
            nested: {a: {b: c}}
            version: 1.2.3
            block: |
              one
              two
            """;

        var json = Convert(Yaml);

        var expected = JsonNode.Parse("""
            {"text":"plain","quoted":"8080","number":8080,"fraction":1.5,"yes":true,"empty":null,"list":[1,"two"],
             "nested":{"a":{"b":"c"}},"version":"1.2.3","block":"one\ntwo"}
            """);
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(json), expected), Is.True, json);
    }

    [TestCase("a: [1, 2", "line 2, column 1")]
    [TestCase("a: b\n  c: d\n x", "line 2")]
    [TestCase("? [a, b]\n: c", "a key must be plain text")]
    [TestCase("a: 1\n---\nb: 2", "line 2, column 1: a second document begins here")]
    public void What_cannot_be_read_is_refused_with_its_place(string yaml, string place)
        => Assert.That(
            () => Convert(yaml),
            Throws.TypeOf<ApiException>()
                .With.Property(nameof(ApiException.Reason)).EqualTo(StatusReason.BadRequest).And.Message.Contains(place));

    [Test]
    public void Aliases_that_explode_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [xxxxxxxx,xxxxxxxx,xxxxxxxx,xxxxxxxx]\n");
        for (var level = 1; level < 20; level++)
        {
            bomb.Append($"a{level}: &a{level} [*a{level - 1},*a{level - 1},*a{level - 1},*a{level - 1},*a{level - 1}]\n");
        }

        Assert.That(() => Convert(bomb.ToString()), Throws.TypeOf<ApiException>());
    }

    private static string Convert(string yaml)
        => Encoding.UTF8.GetString(YamlBody.ToJson(Encoding.UTF8.GetBytes(yaml)).Span);
}
