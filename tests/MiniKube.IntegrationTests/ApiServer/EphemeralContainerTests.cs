using System.Net;

namespace MiniKube.IntegrationTests;

/// <summary>The subresource that <c>kubectl debug</c> writes.</summary>
public sealed class EphemeralContainerTests : HttpFixture
{
    private const string Place = $"{Pods}/web/ephemeralcontainers";

    [Test, CancelAfter(20_000)]
    public async Task Containers_are_added_to_a_pod_and_nothing_else_changes(CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("web"), cancellationToken);

        var added = await PatchAsync(Place, "strategic-merge",
            """
            {"metadata":{"labels":{"x":"y"}},"spec":{"hostname":"other",
             "ephemeralContainers":[{"name":"debug","image":"tools","targetContainerName":"a","stdin":true,"tty":true}]}}
            """,
            cancellationToken);
        var read = await GetAsync(Place, cancellationToken);

        var spec = added.Json["spec"]!;
        Assert.That(added.Code, Is.EqualTo(HttpStatusCode.OK), added.Text);
        Assert.That((string?)spec["ephemeralContainers"]![0]!["imagePullPolicy"], Is.EqualTo("Always"));
        Assert.That(spec["hostname"], Is.Null);
        Assert.That(added.Json["metadata"]!["labels"], Is.Null);
        Assert.That((string?)read.Json["spec"]!["ephemeralContainers"]![0]!["targetContainerName"], Is.EqualTo("a"));
    }

    [TestCase("""[]""", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \\\"one\\\" may not be removed")]
    [TestCase("""[{"name":"one","image":"other"}]""", "may not be changed")]
    [TestCase("""[{"name":"one","image":"i"},{"name":"a","image":"i"}]""", "spec.ephemeralContainers[1].name: Duplicate value: \\\"a\\\"")]
    [TestCase("""[{"name":"one","image":"i"},{"name":"two","image":"i","targetContainerName":"none"}]""",
        "spec.ephemeralContainers[1].targetContainerName: Not found: \\\"none\\\"")]
    [TestCase("""[{"name":"one","image":"i"},{"name":"two","image":"i","ports":[{"containerPort":80}]}]""",
        "spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container")]
    [CancelAfter(20_000)]
    public async Task A_change_that_is_no_addition_is_refused(string containers, string problem, CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("web"), cancellationToken);
        await PatchAsync(Place, "merge", """{"spec":{"ephemeralContainers":[{"name":"one","image":"i"}]}}""", cancellationToken);

        var answer = await PatchAsync(Place, "merge", $$$"""{"spec":{"ephemeralContainers":{{{containers}}}}}""", cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Text, Does.Contain(problem));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_new_pod_has_none(CancellationToken cancellationToken)
    {
        var answer = await PostAsync(Pods,
            """{"metadata":{"name":"web"},"spec":{"containers":[{"name":"a","image":"x"}],"ephemeralContainers":[{"name":"b","image":"x"}]}}""",
            cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Text, Does.Contain("spec.ephemeralContainers: Forbidden: cannot be set on create"));
    }
}
