using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Benchmarks;

/// <summary>From one Deployment of 2,000 pods to all of them bound to 200 nodes, with the real store: every write is on the disk.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 5, invocationCount: 1)]
public class DeploymentBenchmarks
{
    private const int Pods = 2_000;
    private const int Nodes = 200;

    private ControlPlaneCluster? _cluster;

    [IterationSetup]
    public void Start()
    {
        _cluster = ControlPlaneCluster.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        _cluster.AddNodesAsync(Nodes, CancellationToken.None).GetAwaiter().GetResult();
    }

    [IterationCleanup]
    public void Stop() => _cluster!.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public async Task<int> Deploy()
    {
        var client = _cluster!.Client;
        var before = await client.ListAsync<V1Pod>(ObjectQuery.All, CancellationToken.None);
        await client.CreateAsync(Workloads.Deployment("web", Pods), CancellationToken.None);
        return await client.WatchAsync<V1Pod>(ObjectQuery.All, before.Revision, CancellationToken.None)
            .Where(static change => !string.IsNullOrEmpty(change.Object?.Spec.NodeName))
            .Select(static change => change.Object!.Metadata.Uid)
            .Distinct()
            .Take(Pods)
            .CountAsync();
    }
}
