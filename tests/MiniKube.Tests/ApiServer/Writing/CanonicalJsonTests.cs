using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;
using MiniKube.Store;

namespace MiniKube.Tests;

public sealed class CanonicalJsonTests
{
    private static readonly ConfigMapResource Maps = new();

    [Test]
    public void The_revision_goes_into_the_metadata_and_not_into_keys_of_the_same_name()
    {
        var map = Map();
        map.Metadata.Annotations = new Dictionary<string, string> { ["resourceVersion"] = "" };
        map.Metadata.Labels = new Dictionary<string, string> { ["resourceVersion"] = "" };

        var draft = CanonicalJson.Draft(Maps, map);

        var text = Encoding.UTF8.GetString(draft.Json.Span);
        var stamped = ObjectJson.Decode<V1ConfigMap>(Encoding.UTF8.GetBytes(text.Insert(draft.RevisionAt, "42")));
        Assert.That(stamped.Metadata.ResourceVersion, Is.EqualTo("42"));
        Assert.That(stamped.Metadata.Annotations["resourceVersion"], Is.Empty);
        Assert.That(stamped.Metadata.Labels["resourceVersion"], Is.Empty);
    }

    [Test]
    public void A_write_that_changes_nothing_is_seen_whatever_the_revision()
    {
        var draft = CanonicalJson.Draft(Maps, Map());
        var stored = Stored(draft, 12_345);

        Assert.That(StoredOwners.IsSameBut(draft, stored), Is.True);
    }

    [Test]
    public void A_write_that_changes_one_letter_is_seen()
    {
        var stored = Stored(CanonicalJson.Draft(Maps, Map()), 7);
        var changed = Map();
        changed.Data["key"] = "valuf";

        Assert.That(StoredOwners.IsSameBut(CanonicalJson.Draft(Maps, changed), stored), Is.False);
    }

    [TestCase("""{"metadata":{"a":1},"spec":{"x":1},"status":{"y":1}}""", """{"metadata":{"a":2},"spec":{"x":1},"status":{"y":2}}""", true)]
    [TestCase("""{"metadata":{},"spec":{"x":1}}""", """{"metadata":{},"spec":{"x":2}}""", false)]
    [TestCase("""{"metadata":{},"spec":{"x":1}}""", """{"metadata":{}}""", false)]
    [TestCase("""{"spec":{"status":1}}""", """{"spec":{"status":2}}""", false)]
    [TestCase("""{}""", """{"status":{}}""", true)]
    public void Metadata_and_status_are_no_part_of_the_specification(string left, string right, bool same)
        => Assert.That(
            CanonicalJson.HasSameSpecification(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right)), Is.EqualTo(same));

    private static V1ConfigMap Map() => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta { Name = "a", NamespaceProperty = "default", Uid = "u" },
        Data = new Dictionary<string, string> { ["key"] = "value" },
    };

    private static StoredObject Stored(ObjectDraft draft, long revision)
    {
        var text = Encoding.UTF8.GetString(draft.Json.Span).Insert(draft.RevisionAt, $"{revision}");
        return new StoredObject(
            new ResourceKey("configmaps", "default", "a"), new Revision(revision), new Revision(1),
            Encoding.UTF8.GetBytes(text), draft.RevisionAt);
    }
}
