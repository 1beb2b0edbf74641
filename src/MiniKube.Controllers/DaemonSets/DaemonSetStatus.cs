using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The status of a daemon set.</summary>
internal static class DaemonSetStatus
{
    public static V1DaemonSetStatus Of(DaemonView view, int collisions)
    {
        var wanted = view.Nodes.Where(static node => node.Fit.ShouldRun).ToList();

        // On each node the oldest pod stands for it, and of an update the new one as soon as it is there.
        var scheduled = wanted.Where(static node => !node.Pods.IsEmpty).ToList();
        var available = scheduled.Count(node => node.Staying.Any(view.IsAvailable));
        return new V1DaemonSetStatus
        {
            ObservedGeneration = view.Set.Metadata.Generation,
            DesiredNumberScheduled = wanted.Count,
            CurrentNumberScheduled = scheduled.Count,
            NumberMisscheduled = view.Nodes.Count(static node => !node.Fit.ShouldRun && node.Staying.Any()),
            NumberReady = scheduled.Count(static node => node.Staying.Any(static pod => pod.IsReady())),
            UpdatedNumberScheduled = DeploymentTerms.Shown(scheduled.Count(node => node.Staying.Any(view.IsNew))),
            NumberAvailable = DeploymentTerms.Shown(available),
            NumberUnavailable = DeploymentTerms.Shown(wanted.Count - available),
            CollisionCount = collisions,
            Conditions = view.Set.Status?.Conditions,
        };
    }

    /// <summary>When the next ready pod becomes available; null when no pod is waiting for that.</summary>
    public static DateTimeOffset? NextAvailable(DaemonView view)
        => view.Nodes.SelectMany(static node => node.Pods)
            .Select(pod => pod.AvailableFrom(view.Set.Spec.MinReadySeconds ?? 0))
            .Where(at => at > view.Now)
            .Min();
}
