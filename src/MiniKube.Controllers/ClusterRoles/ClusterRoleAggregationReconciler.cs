using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// A cluster role with an aggregation rule has the rules of all cluster roles the rule selects, in the order of their names, each once.
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
/// </summary>
internal sealed class ClusterRoleAggregationReconciler(IApiClient client, Informer<V1ClusterRole> roles) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (roles.Find(key) is not { AggregationRule: not null } role || role.IsDeleting())
        {
            return ReconcileResult.Done;
        }

        var rules = Aggregate(role, roles.All);
        if (!rules.Select(TextOf).SequenceEqual((role.Rules ?? []).Select(TextOf)))
        {
            await client.UpdateAsync(role with { Rules = rules }, subresource: null, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    /// <summary>What the role should hold. Pure.</summary>
    public static IList<V1PolicyRule> Aggregate(V1ClusterRole role, IEnumerable<V1ClusterRole> all)
    {
        var selectors = (role.AggregationRule.ClusterRoleSelectors ?? []).Select(LabelSelector.Of).ToList();
        return [.. all
            .Where(one => one.Metadata.Name != role.Metadata.Name
                && selectors.Exists(selector => selector?.Matches(one.Metadata.Labels) == true))
            .OrderBy(static one => one.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(static one => one.Rules ?? [])
            .DistinctBy(TextOf)];
    }

    private static string TextOf(V1PolicyRule rule) => Encoding.UTF8.GetString(ObjectJson.Encode(rule));
}
