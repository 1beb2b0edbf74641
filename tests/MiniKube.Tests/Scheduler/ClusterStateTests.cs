using k8s.Models;
using MiniKube.Scheduler;
using MiniKube.Testing;

namespace MiniKube.Tests.Scheduler;

public sealed class ClusterStateTests
{
    private readonly ClusterState _state = new(_ => null);

    [Test]
    public void An_assumed_pod_counts_until_it_is_forgotten()
    {
        _state.SetNode(Objects.Node("n"));
        _state.Assume(Pod("web"), "n");
        var assumed = CpuOf("n");

        _state.Forget("web");

        Assert.That(assumed, Is.EqualTo(500));
        Assert.That(CpuOf("n"), Is.Zero);
    }

    [Test]
    public void A_confirmed_pod_counts_once_and_is_not_forgotten()
    {
        _state.SetNode(Objects.Node("n"));
        _state.Assume(Pod("web"), "n");

        _state.SetPod(Pod("web", node: "n"));
        _state.Forget("web");

        Assert.That(CpuOf("n"), Is.EqualTo(500));
    }

    [Test]
    public void Pods_known_before_their_node_count_once_it_comes()
    {
        _state.SetPod(Pod("web", node: "n"));

        _state.SetNode(Objects.Node("n"));

        Assert.That(CpuOf("n"), Is.EqualTo(500));
    }

    [Test]
    public void A_node_that_goes_and_comes_back_still_has_its_pods()
    {
        _state.SetNode(Objects.Node("n"));
        _state.SetPod(Pod("stays", node: "n"));
        _state.SetPod(Pod("goes", node: "n"));

        _state.RemoveNode("n");
        _state.RemovePod("goes");
        _state.SetNode(Objects.Node("n"));

        Assert.That(CpuOf("n"), Is.EqualTo(500));
    }

    [Test]
    public void A_snapshot_stays_as_it_was()
    {
        _state.SetNode(Objects.Node("n"));
        var before = _state.Snapshot();

        _state.Assume(Pod("web"), "n");

        Assert.That(before.Nodes.Single().Pods, Is.Empty);
        Assert.That(_state.Snapshot().Nodes.Single().Pods, Has.Length.EqualTo(1));
    }

    private long CpuOf(string node) => _state.Snapshot().Nodes.Single(one => one.Name == node).Requested.Cpu.Value;

    private static PodView Pod(string name, string? node = null) => PodView.Of(Objects.Pod(name, pod =>
    {
        pod.Metadata.Uid = name;
        pod.Spec.NodeName = node;
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("500m") },
        };
    }));
}
