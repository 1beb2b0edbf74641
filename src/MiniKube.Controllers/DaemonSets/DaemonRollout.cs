using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The next step of a rolling update of a daemon set: pods of earlier templates go a few at a time, those first that do
/// not serve anyway; or, with a surge, new ones come first.
/// https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
/// </summary>
internal static class DaemonRollout
{
    public static DaemonPlan Plan(DaemonView view)
        => !view.IsRolling ? new DaemonPlan([], [], []) : view.SurgeMax > 0 ? Surge(view) : Replace(view);

    private static DaemonPlan Replace(DaemonView view)
    {
        List<V1Pod> idle = [];
        List<V1Pod> serving = [];
        var unavailable = 0;
        foreach (var node in view.Nodes.Where(static node => node.Fit.ShouldRun))
        {
            if (node.Staying.ToList() is not [var pod])
            {
                unavailable++; // None yet, or one too many: first that is put right.
            }
            else if (view.IsNew(pod))
            {
                unavailable += view.IsAvailable(pod) ? 0 : 1;
            }
            else
            {
                (view.IsAvailable(pod) ? serving : idle).Add(pod);
            }
        }

        var sparable = Math.Max(0, view.UnavailableMax - unavailable);
        return new DaemonPlan([], [.. idle, .. serving.Take(sparable)], []);
    }

    private static DaemonPlan Surge(DaemonView view)
    {
        List<V1Pod> replaced = [];
        List<string> urgent = [];
        List<string> candidates = [];
        var surging = 0;
        foreach (var node in view.Nodes.Where(static node => node.Fit.ShouldRun))
        {
            var newest = node.Staying.FirstOrDefault(view.IsNew);
            var old = node.Staying.FirstOrDefault(pod => !view.IsNew(pod));
            if (old is null)
            {
                continue;
            }

            if (newest is null)
            {
                (view.IsAvailable(old) ? candidates : urgent).Add(node.Name);
            }
            else if (view.IsAvailable(newest))
            {
                replaced.Add(old);
            }
            else
            {
                surging++;
            }
        }

        var room = Math.Max(0, view.SurgeMax - surging);
        return new DaemonPlan([.. urgent, .. candidates.Take(room)], [.. replaced], []);
    }
}
