using System.Text.Json.Nodes;

namespace MiniKube.Tests;

public sealed class YamlReaderTests
{
    [TestCase("a: 1", """{"a":1}""")]
    [TestCase("a: \"1\"", """{"a":"1"}""")]
    [TestCase("a: 0644", """{"a":420}""", Description = "a mode in octal")]
    [TestCase("a: 0x10", """{"a":16}""")]
    [TestCase("a: -5", """{"a":-5}""")]
    [TestCase("a: 1.5", """{"a":1.5}""")]
    [TestCase("a: 1.2.3", """{"a":"1.2.3"}""")]
    [TestCase("a: 500m", """{"a":"500m"}""")]
    [TestCase("a: 18446744073709551615", """{"a":18446744073709551615}""")]
    [TestCase("a: yes", """{"a":true}""")]
    [TestCase("a: off", """{"a":false}""")]
    [TestCase("a: ~", """{"a":null}""")]
    [TestCase("a:", """{"a":null}""")]
    [TestCase("a: 2020-01-01", """{"a":"2020-01-01"}""")]
    [TestCase("a: !!str 5", """{"a":"5"}""")]
    [TestCase("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    [TestCase("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [TestCase("base: &x {b: 1, c: 2}\na:\n  <<: *x\n  c: 3", """{"base":{"b":1,"c":2},"a":{"c":3,"b":1}}""")]
    public void Yaml_means_the_same_as_for_kubectl(string yaml, string json)
    {
        var documents = YamlReader.Read("x.yaml", yaml);

        Assert.That(documents.Single().Root!.ToJsonString(), Is.EqualTo(json));
    }

    [TestCase("a: 1\nb:\n\t- c\n", "x.yaml:3:1: expected spaces as indentation, found a tab")]
    [TestCase("a: {b: 1\n", "x.yaml:2:1: While parsing a flow mapping, did not find expected ',' or '}'.")]
    [TestCase("a: [1,2\nb: 1\n", "x.yaml:1:6: expected ',' or the closing bracket after this")]
    [TestCase("a: 1\na: 2\n", "x.yaml:2:1: expected each name once, found 'a' again")]
    [TestCase("a: *x\n", "x.yaml:1:4: expected an anchor '&x' above")]
    [TestCase("a:\n  ? [1]\n  : 2\n", "x.yaml:2:5: expected a name before ':', found a list or a map")]
    public void What_is_not_yaml_is_refused_with_its_place(string yaml, string message)
    {
        var refused = Assert.Throws<CommandException>(() => YamlReader.Read("x.yaml", yaml));

        Assert.That(refused!.Message, Is.EqualTo(message));
    }

    [Test]
    public void A_file_of_aliases_to_aliases_is_refused_before_it_fills_the_memory()
    {
        var lines = Enumerable.Range(1, 9).Select(n => $"a{n}: &a{n} [{string.Join(',', Enumerable.Repeat($"*a{n - 1}", 10))}]");
        var bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + string.Join('\n', lines);

        var refused = Assert.Throws<CommandException>(() => YamlReader.Read("x.yaml", bomb));

        Assert.That(refused!.Message, Does.Contain("values in one file"));
    }

    [Test]
    public void Deep_nesting_is_refused_before_it_overflows_the_stack()
    {
        var deep = new string('[', 5000) + new string(']', 5000);

        var refused = Assert.Throws<CommandException>(() => YamlReader.Read("x.yaml", deep));

        Assert.That(refused!.Message, Does.Contain("levels of nesting"));
    }

    [Test]
    public void Several_documents_keep_their_places()
    {
        var documents = YamlReader.Read("x.yaml", "a: 1\n---\nb: 2\n");

        Assert.That(documents[1].At(documents[1].Root, "here"), Is.EqualTo("x.yaml:3:1: here"));
    }

    [TestCase("{\"a\": 1,\n \"b\": }", "x.json:2:7: '}' is an invalid start of a value.")]
    public void What_is_not_json_is_refused_with_its_place(string json, string message)
    {
        var refused = Assert.Throws<CommandException>(() => JsonReader.Read("x.json", json));

        Assert.That(refused!.Message, Is.EqualTo(message));
    }

    [TestCase("""{"a":{"b":[1,{"c":"x","d":[]}],"e":{}},"f":"yes","g":"5","h":null,"i":"l1\nl2\n","j":"a: b"}""")]
    [TestCase("""{"a":"","b":" x ","c":"~","d":"0644","e":"-","f":"#c","g":"2020-01-01","h":"a\tb\n"}""")]
    public void What_is_written_as_yaml_reads_back_the_same(string json)
    {
        var yaml = YamlWriter.Write(JsonNode.Parse(json));

        var back = YamlReader.Read("x.yaml", yaml).Single().Root;
        Assert.That(JsonNode.DeepEquals(back, JsonNode.Parse(json)), Is.True, yaml);
    }

    [Test]
    public void Lists_are_level_with_their_name_and_names_are_in_order()
    {
        var yaml = YamlWriter.Write(JsonNode.Parse("""{"b":[{"z":1,"x":"2"}],"a":true}"""));

        Assert.That(yaml, Is.EqualTo("a: true\nb:\n- x: \"2\"\n  z: 1\n"));
    }
}
