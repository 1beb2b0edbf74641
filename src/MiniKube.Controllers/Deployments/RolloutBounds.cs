using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// How far a rollout may go above and below the desired number of pods. Percentages of surge are rounded up, of
/// unavailable down; both zero would stand still, so then one pod may be unavailable.
/// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
/// </summary>
internal sealed record RolloutBounds(int Desired, int Surge, int Unavailable)
{
    public int PodsMax => Desired + Surge;

    public int AvailableMin => Desired - Unavailable;

    public static RolloutBounds Of(V1Deployment deployment)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        if (!deployment.IsRollingUpdate())
        {
            return new RolloutBounds(desired, Surge: 0, Unavailable: 0);
        }

        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var surge = Amounts.Resolve(rolling?.MaxSurge ?? "25%", desired, roundUp: true);
        var unavailable = Amounts.Resolve(rolling?.MaxUnavailable ?? "25%", desired, roundUp: false);
        if (surge == 0 && unavailable == 0)
        {
            unavailable = 1;
        }

        return new RolloutBounds(desired, surge, Math.Min(unavailable, desired));
    }
}
