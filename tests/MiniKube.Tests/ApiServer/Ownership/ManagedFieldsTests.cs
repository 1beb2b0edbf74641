using System.Text;
using System.Text.Json;
using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Ownership;

public sealed class ManagedFieldsTests
{
    private const string Time = "2026-01-01T00:00:00Z";

    [Test]
    public void Appliers_come_first_then_who_wrote_longest_ago()
    {
        var managed = new ManagedFields([]);
        managed.Give(Fields("a"), "z", "v1", "", "2026-01-01T00:00:00Z");
        managed.Give(Fields("a"), "y", "v1", "", "2025-01-01T00:00:00Z");
        managed.Give(Fields("a"), "x", "v1", "status", "2026-01-01T00:00:00Z");
        managed.Add(new FieldOwner("w", FieldOwner.Apply, "v1", "", "2026-02-01T00:00:00Z", Fields("a")));

        Assert.That(Written(managed).Owners.Select(owner => owner.Manager), Is.EqualTo(new[] { "w", "y", "x", "z" }));
    }

    [Test]
    public void An_eleventh_updater_makes_the_oldest_ancient()
    {
        var managed = new ManagedFields([]);
        for (var number = 0; number < 13; number++)
        {
            managed.Give(Fields($"f{number}"), $"m{number}", "v1", "", $"2026-01-01T00:00:{number:00}Z");
        }

        var owners = Written(managed).Owners;

        Assert.That(owners, Has.Count.EqualTo(10));
        Assert.That(owners[0].Manager, Is.EqualTo("ancient-changes"));
        Assert.That(owners[0].Fields.Children.Select(child => child.Step), Is.EqualTo(new[] { "f:f0", "f:f1", "f:f2", "f:f3" }));
    }

    [Test]
    public void An_owner_that_has_nothing_left_goes()
    {
        var managed = new ManagedFields([]);
        managed.Give(Fields("a"), "one", "v1", "", Time);

        managed.Take(Fields("a"), from: null);

        Assert.That(managed.Write(), Is.Empty);
    }

    [TestCase("""[]""", null)]
    [TestCase("""[{}]""", 0)]
    [TestCase("""[{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}}]""", 1)]
    [TestCase("""[{"manager":"m","operation":"Delete","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}}]""", null)]
    [TestCase("""[{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"a":{}}}]""", null)]
    [TestCase("""[{"manager":"m","operation":"Update","apiVersion":"","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}}]""", null)]
    [TestCase("""[{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV2","fieldsV1":{"f:a":{}}}]""", null)]
    [TestCase("""[{},{}]""", null)]
    public void A_list_counts_when_it_is_well_formed_and_one_empty_entry_resets(string json, int? owners)
        => Assert.That(
            ManagedFields.Given(JsonSerializer.Deserialize<List<V1ManagedFieldsEntry>>(json))?.Owners.Count, Is.EqualTo(owners));

    [TestCase("kubectl/v1.32.0 (linux/amd64) kubernetes/70d3cc9", "kubectl")]
    [TestCase("minikube", "minikube")]
    [TestCase("", "unknown")]
    [TestCase("a\u0001b\u0085/1", "ab")]
    public void A_writer_without_a_name_is_called_by_its_user_agent(string agent, string manager)
        => Assert.That(ManagerNames.OfUserAgent(agent), Is.EqualTo(manager));

    private static ManagedFields Written(ManagedFields managed) => ManagedFields.Read(managed.Write());

    private static FieldSet Fields(string name) => FieldSetJson.Read(Encoding.UTF8.GetBytes("{\"f:" + name + "\":{}}"));
}
