using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class MetadataRulesTests
{
    [Test]
    public void Good_metadata_passes()
    {
        var meta = Meta();
        meta.Labels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "web", ["empty"] = "" };
        meta.Annotations = new Dictionary<string, string> { ["Example.com/Note"] = "any text: \n really" };
        meta.OwnerReferences = [Owner("a", true), Owner("b", false)];
        meta.Finalizers = ["orphan", "example.com/clean"];

        Assert.That(Problems(meta), Is.Empty);
    }

    [Test]
    public void Everything_wrong_is_reported_at_once()
    {
        var meta = Meta();
        meta.Name = "Web";
        meta.Labels = new Dictionary<string, string> { ["a b"] = "c d" };
        meta.Annotations = new Dictionary<string, string> { ["/x"] = "" };
        meta.Finalizers = ["clean"];

        Assert.That(Problems(meta).Select(error => error.Path), Is.EqualTo(new[]
        {
            "metadata.name", "metadata.labels", "metadata.labels", "metadata.annotations", "metadata.finalizers",
        }));
    }

    [Test]
    public void A_name_is_needed_and_a_namespace_where_there_is_one()
    {
        Assert.That(Problems(new V1ObjectMeta()).Select(error => error.ToString()), Is.EqualTo(new[]
        {
            "metadata.name: Required value: name or generateName is required",
            "metadata.namespace: Required value",
        }));
        Assert.That(Problems(Meta(), new NodeResource()).Select(error => error.ToString()), Is.EqualTo(new[]
        {
            "metadata.namespace: Forbidden: not allowed on this type",
        }));
    }

    [Test]
    public void Service_names_start_with_a_letter()
        => Assert.That(Problems(new V1ObjectMeta { Name = "1a", NamespaceProperty = "n" }, new ServiceResource()).Single().Message,
            Does.Contain("a DNS-1035 label must consist of"));

    [Test]
    public void Annotations_have_a_total_size()
    {
        var meta = Meta();
        meta.Annotations = new Dictionary<string, string> { ["a"] = new('x', (256 * 1024) - 1) };
        Assert.That(Problems(meta), Is.Empty);

        meta.Annotations["a"] += "x";
        Assert.That(Problems(meta).Single().ToString(),
            Is.EqualTo("metadata.annotations: Too long: may not be more than 262144 bytes"));
    }

    [Test]
    public void One_owner_only_is_the_controller()
    {
        var meta = Meta();
        meta.OwnerReferences = [Owner("a", true), Owner("b", true)];

        Assert.That(Problems(meta).Single().Message, Does.Contain("Found \"true\" in references for a and b"));
    }

    [Test]
    public void Incomplete_owners_are_refused()
    {
        var meta = Meta();
        meta.OwnerReferences = [new V1OwnerReference()];

        Assert.That(Problems(meta).Select(error => error.Path), Is.EqualTo(new[]
        {
            "metadata.ownerReferences.apiVersion", "metadata.ownerReferences.kind", "metadata.ownerReferences.name",
            "metadata.ownerReferences.uid",
        }));
    }

    [Test]
    public void Identity_does_not_change_in_an_update()
    {
        var (meta, old) = (Meta(), Meta());
        meta.Uid = "2";
        old.Uid = "1";

        Assert.That(UpdateProblems(meta, old).Single().ToString(),
            Is.EqualTo("metadata.uid: Invalid value: \"2\": field is immutable"));
    }

    [Test]
    public void Finalizers_can_only_go_once_deletion_has_begun()
    {
        var deleted = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var (meta, old) = (Meta(), Meta());
        (meta.DeletionTimestamp, old.DeletionTimestamp) = (deleted, deleted);
        (meta.Finalizers, old.Finalizers) = (["x.y/b"], ["x.y/a", "x.y/b"]);
        Assert.That(UpdateProblems(meta, old), Is.Empty);

        meta.Finalizers = ["x.y/c"];
        Assert.That(UpdateProblems(meta, old).Single().Message, Does.Contain("found new finalizers []string{\"x.y/c\"}"));
    }

    private static V1ObjectMeta Meta() => new() { Name = "web", NamespaceProperty = "default" };

    private static V1OwnerReference Owner(string name, bool controller)
        => new() { ApiVersion = "v1", Kind = "Pod", Name = name, Uid = "1", Controller = controller };

    private static IReadOnlyList<FieldError> Problems(V1ObjectMeta meta, ResourceDefinition? definition = null)
    {
        var errors = new FieldErrors();
        MetadataRules.Validate(definition ?? new PodResource(), meta, errors);
        return errors.Found;
    }

    private static IReadOnlyList<FieldError> UpdateProblems(V1ObjectMeta meta, V1ObjectMeta old)
    {
        var errors = new FieldErrors();
        MetadataRules.ValidateUpdate(new PodResource(), meta, old, errors);
        return errors.Found;
    }
}
