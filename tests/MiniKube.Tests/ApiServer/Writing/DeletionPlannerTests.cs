using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class DeletionPlannerTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly PodResource Pods = new();
    private static readonly ConfigMapResource Maps = new();

    [Test]
    public void An_object_nothing_holds_is_removed()
        => Assert.That(DeletionPlanner.Plan(Maps, new V1ConfigMap { Metadata = new V1ObjectMeta() }, new V1DeleteOptions(), Now).Remove);

    [Test]
    public void A_finalizer_keeps_the_object_and_marks_it()
    {
        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Finalizers = ["example.com/x"] } };

        var plan = DeletionPlanner.Plan(Maps, map, new V1DeleteOptions(), Now);

        Assert.That(plan.Remove, Is.False);
        Assert.That(plan.Finalizers, Is.EqualTo(new[] { "example.com/x" }));
        Assert.That(plan.DeletionTimestamp, Is.EqualTo(Now));
        Assert.That(plan.GraceSeconds, Is.Zero);
    }

    [TestCase("Foreground", "foregroundDeletion")]
    [TestCase("Orphan", "orphan")]
    public void A_propagation_policy_leaves_a_finalizer_for_the_garbage_collector(string policy, string finalizer)
    {
        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Finalizers = ["orphan"] } };

        var plan = DeletionPlanner.Plan(Maps, map, new V1DeleteOptions { PropagationPolicy = policy }, Now);

        Assert.That(plan.Remove, Is.False);
        Assert.That(plan.Finalizers, Is.EqualTo(new[] { finalizer }));
    }

    [Test]
    public void Background_takes_an_earlier_policy_back()
    {
        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Finalizers = ["foregroundDeletion"] } };

        var plan = DeletionPlanner.Plan(Maps, map, new V1DeleteOptions { PropagationPolicy = "Background" }, Now);

        Assert.That(plan.Remove, Is.True);
    }

    [Test]
    public void A_running_pod_gets_its_grace_period()
    {
        var plan = DeletionPlanner.Plan(Pods, Pod("n1"), new V1DeleteOptions(), Now);

        Assert.That(plan.Remove, Is.False);
        Assert.That(plan.GraceSeconds, Is.EqualTo(30));
        Assert.That(plan.DeletionTimestamp, Is.EqualTo(Now.AddSeconds(30)));
    }

    [Test]
    public void A_pod_without_a_node_goes_at_once()
        => Assert.That(DeletionPlanner.Plan(Pods, Pod(null), new V1DeleteOptions(), Now).Remove);

    [TestCase(5, 5, -25)]
    [TestCase(60, 30, 0)]
    [TestCase(null, 30, 0)]
    public void A_second_request_can_only_shorten_the_period(int? asked, int left, int endMoves)
    {
        var pod = Pod("n1");
        pod.Metadata.DeletionTimestamp = Now.AddSeconds(20);
        pod.Metadata.DeletionGracePeriodSeconds = 30;

        var plan = DeletionPlanner.Plan(Pods, pod, new V1DeleteOptions { GracePeriodSeconds = asked }, Now);

        Assert.That(plan.GraceSeconds, Is.EqualTo(left));
        Assert.That(plan.DeletionTimestamp, Is.EqualTo(Now.AddSeconds(20 + endMoves)));
    }

    [Test]
    public void A_second_request_without_grace_removes_the_pod()
    {
        var pod = Pod("n1");
        pod.Metadata.DeletionTimestamp = Now.AddSeconds(20);
        pod.Metadata.DeletionGracePeriodSeconds = 30;

        Assert.That(DeletionPlanner.Plan(Pods, pod, new V1DeleteOptions { GracePeriodSeconds = 0 }, Now).Remove);
    }

    private static V1Pod Pod(string? node) => new()
    {
        Metadata = new V1ObjectMeta(),
        Spec = new V1PodSpec { NodeName = node, TerminationGracePeriodSeconds = 30 },
    };
}
