namespace MiniKube.Tests;

public sealed class ManifestTests
{
    [TestCase("kind: Pod\nmetadata: {name: a}", "x.yaml:1:1: expected apiVersion, a text")]
    [TestCase("apiVersion: v1\nkind: 5\nmetadata: {name: a}", "x.yaml:2:7: expected kind, a text")]
    [TestCase("apiVersion: v1\nkind: Pod\n", "x.yaml:1:1: expected metadata, a map with the object's name")]
    [TestCase("apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}", "x.yaml:4:3: expected metadata.name")]
    [TestCase("- a\n- b\n", "x.yaml:1:1: expected an object with apiVersion, kind and metadata")]
    public void What_every_object_must_have_is_asked_for_with_its_place(string yaml, string message)
    {
        var document = YamlReader.Read("x.yaml", yaml).Single();

        var refused = Assert.Throws<CommandException>(() => Manifest.Of(document).ToList());

        Assert.That(refused!.Message, Is.EqualTo(message));
    }

    [Test]
    public void A_list_is_the_objects_in_it()
    {
        const string yaml = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Pod, metadata: {name: a}}
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: c}}
            """;

        var manifests = Manifest.Of(YamlReader.Read("x.yaml", yaml).Single()).ToList();

        var found = manifests.Select(one => $"{one.Kind.Kind} {one.Namespace}/{one.Name}");
        Assert.That(found, Is.EqualTo(new[] { "Pod /a", "Deployment c/b" }));
    }

    [Test]
    public void An_empty_document_is_no_object()
    {
        var documents = YamlReader.Read("x.yaml", "---\n# nothing\n---\n");

        Assert.That(documents.SelectMany(Manifest.Of), Is.Empty);
    }
}
