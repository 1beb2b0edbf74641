using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>What a daemon set does now.</summary>
/// <param name="Create">The nodes that get a pod.</param>
/// <param name="Delete">The pods that go.</param>
/// <param name="Ended">Of those, the ones that go because they have ended; whoever makes them anew waits longer each time.</param>
internal sealed record DaemonPlan(ImmutableArray<string> Create, ImmutableArray<V1Pod> Delete, ImmutableArray<V1Pod> Ended);

/// <summary>
/// Decides which nodes get a pod of a daemon set and which lose theirs: one on every node that fits, none elsewhere.
/// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
/// </summary>
internal static class DaemonPlanner
{
    /// <summary>A pod that still ends keeps its place: it may hold ports and files the next one needs.</summary>
    public static DaemonPlan Plan(DaemonView view)
    {
        List<string> create = [];
        List<V1Pod> delete = [];
        List<V1Pod> ended = [];
        foreach (var node in view.Nodes)
        {
            if (!node.Fit.MayStay)
            {
                delete.AddRange(node.Staying);
            }
            else if (node.Pods.IsEmpty)
            {
                create.AddRange(node.Fit.ShouldRun ? [node.Name] : []);
            }
            else
            {
                ended.AddRange(node.Staying.Where(static pod => pod.IsFinished()));
                delete.AddRange(Excess(view, [.. node.Staying.Where(static pod => !pod.IsFinished())]));
            }
        }

        return new DaemonPlan([.. create], [.. delete], [.. ended]);
    }

    // Two pods on a node are right only while a new one is on its way and the old one still serves.
    private static IEnumerable<V1Pod> Excess(DaemonView view, ImmutableArray<V1Pod> running)
    {
        if (running.Length <= 1)
        {
            return [];
        }

        if (view.SurgeMax == 0)
        {
            return running.Skip(1);
        }

        var newest = running.FirstOrDefault(view.IsNew);
        var old = running.FirstOrDefault(pod => !view.IsNew(pod));
        var isHandOver = newest is not null && old is not null && !view.IsAvailable(newest) && view.IsAvailable(old);
        return running.Where(pod => pod != (newest ?? old) && !(isHandOver && pod == old));
    }
}
