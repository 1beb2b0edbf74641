using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// The replica sets of a deployment, told apart: the one that runs the present template (null before it was made), and
/// those of earlier ones, oldest first.
/// </summary>
internal sealed record DeploymentSets(V1ReplicaSet? New, ImmutableArray<V1ReplicaSet> Old)
{
    public IEnumerable<V1ReplicaSet> All => New is null ? Old : [.. Old, New];

    public static DeploymentSets Of(V1Deployment deployment, IEnumerable<V1ReplicaSet> owned)
    {
        var byAge = owned
            .OrderBy(static set => set.Metadata.CreationTimestamp)
            .ThenBy(static set => set.Metadata.Name, StringComparer.Ordinal)
            .ToImmutableArray();

        // Two sets of one template can only come from a hash that changed: the older one counts.
        var current = byAge.FirstOrDefault(set => TemplateHash.IsSame(set.Spec.Template, deployment.Spec.Template));
        return new DeploymentSets(current, byAge.RemoveAll(set => ReferenceEquals(set, current)));
    }

    /// <summary>The number after the highest revision of earlier templates.</summary>
    public int NextRevision => Old.Select(DeploymentAnnotations.RevisionOf).DefaultIfEmpty().Max() + 1;
}
