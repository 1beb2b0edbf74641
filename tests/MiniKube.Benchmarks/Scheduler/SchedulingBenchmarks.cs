using BenchmarkDotNet.Attributes;
using k8s.Models;
using MiniKube.Scheduler;
using MiniKube.Testing;

namespace MiniKube.Benchmarks;

/// <summary>Deciding for 1,000 pods of one deployment, without an API: what the scheduler itself costs.</summary>
[MemoryDiagnoser]
public class SchedulingBenchmarks
{
    private const int Pods = 1_000;

    private V1Node[] _nodes = [];
    private PodView[] _pods = [];

    [Params(200, 1_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _nodes = [.. Enumerable.Range(0, Nodes).Select(number => Objects.Node($"node-{number}", cpu: "64", memory: "256Gi"))];
        _pods = [.. Enumerable.Range(0, Pods).Select(number => PodView.Of(PodOf(number)))];
    }

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Decide()
    {
        var state = new ClusterState(_ => null);
        var placer = new PodPlacer(FilterCatalog.All, ScoreCatalog.All, new Random(7));
        foreach (var node in _nodes)
        {
            state.SetNode(node);
        }

        var placed = 0;
        foreach (var pod in _pods)
        {
            if (placer.Place(pod, state.Snapshot()) is Placement.On on)
            {
                state.Assume(pod, on.Node);
                placed++;
            }
        }

        return placed;
    }

    private static V1Pod PodOf(int number) => Objects.Pod($"pod-{number}", pod =>
    {
        pod.Metadata.Uid = $"uid-{number}";
        pod.Metadata.OwnerReferences =
            [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "web", Controller = true }];
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("100m"), ["memory"] = new("64Mi") },
        };
    });
}
