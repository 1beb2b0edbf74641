using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// The annotations by which a rollout remembers where it is. Revisions are what <c>kubectl rollout history</c> lists
/// and <c>kubectl rollout undo</c> goes back to.
/// </summary>
internal static class DeploymentAnnotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    private const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    // As Kubernetes: the history of one set that is used again and again does not grow for ever.
    private const int HistoryCharactersMax = 2_000;

    public static int RevisionOf(V1ReplicaSet set) => set.Metadata.NumberIn(Revision) ?? 0;

    /// <summary>
    /// What the newest set should carry: the deployment's own annotations and the revision of this rollout.
    /// </summary>
    public static Dictionary<string, string> ForNewSet(V1Deployment deployment, V1ReplicaSet? existing, int revision)
    {
        var annotations = new Dictionary<string, string>(existing?.Metadata.Annotations ?? new Dictionary<string, string>());
        foreach (var (key, value) in deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (key is not (LastApplied or Revision or RevisionHistory or DesiredReplicas or MaxReplicas))
            {
                annotations[key] = value;
            }
        }

        var former = existing?.Metadata.NumberIn(Revision);
        if (former is null || former < revision)
        {
            annotations[Revision] = DeploymentTerms.Text(revision);
            AddToHistory(annotations, former);
        }

        var bounds = RolloutBounds.Of(deployment);
        annotations.TryAdd(DesiredReplicas, DeploymentTerms.Text(bounds.Desired));
        annotations.TryAdd(MaxReplicas, DeploymentTerms.Text(bounds.PodsMax));
        return annotations;
    }

    /// <summary>True when an earlier rollout ran the set's template already.</summary>
    public static bool WasUsedBefore(V1ReplicaSet set) => set.Metadata.Annotations?.ContainsKey(RevisionHistory) == true;

    /// <summary>The set's annotations with the numbers it was last scaled by.</summary>
    public static Dictionary<string, string> WithBounds(V1ReplicaSet set, RolloutBounds bounds)
        => new(set.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            [DesiredReplicas] = DeploymentTerms.Text(bounds.Desired),
            [MaxReplicas] = DeploymentTerms.Text(bounds.PodsMax),
        };

    private static void AddToHistory(Dictionary<string, string> annotations, int? former)
    {
        if (former is not > 0)
        {
            return;
        }

        var history = annotations.GetValueOrDefault(RevisionHistory);
        var longer = string.IsNullOrEmpty(history)
            ? DeploymentTerms.Text(former.Value)
            : $"{history},{DeploymentTerms.Text(former.Value)}";
        while (longer.Length > HistoryCharactersMax)
        {
            longer = longer[(longer.IndexOf(',', StringComparison.Ordinal) + 1)..];
        }

        annotations[RevisionHistory] = longer;
    }
}
