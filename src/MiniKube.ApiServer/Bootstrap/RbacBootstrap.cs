using k8s;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// The roles and bindings every cluster has. Those missing are made at every start, and permissions and subjects missing in
/// those that are there are added, but for objects annotated <c>rbac.authorization.kubernetes.io/autoupdate: "false"</c>.
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
/// </summary>
internal sealed class RbacBootstrap(ApiPipeline pipeline, ObjectLookup objects)
{
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        // All at once: each write waits for the disk, and they can wait together.
        var roles = DefaultClusterRoles.All.Select(role => EnsureAsync(role, Complete, cancellationToken));
        var bindings = DefaultRoleBindings.All.Select(binding => EnsureAsync(binding, Complete, cancellationToken));
        await Task.WhenAll(roles.Concat(bindings));
    }

    /// <summary>Adds to a role what it lacks; false when that is nothing.</summary>
    public static bool Complete(V1ClusterRole present, V1ClusterRole wanted)
    {
        var changes = AddLabels(present.Metadata, wanted.Metadata);
        if (wanted.AggregationRule is not null)
        {
            changes |= present.AggregationRule is null;
            present.AggregationRule ??= wanted.AggregationRule;
            return changes;
        }

        var missing = (wanted.Rules ?? []).Where(rule => !RuleCoverage.Missing(present.Rules ?? [], [rule]).IsEmpty).ToList();
        present.Rules = [.. present.Rules ?? [], .. missing];
        return changes || missing.Count > 0;
    }

    /// <summary>Adds to a binding whom it lacks; false when that is nobody.</summary>
    public static bool Complete(V1ClusterRoleBinding present, V1ClusterRoleBinding wanted)
    {
        var changes = AddLabels(present.Metadata, wanted.Metadata);
        var missing = wanted.Subjects.Except(present.Subjects ?? []).ToList();
        present.Subjects = [.. present.Subjects ?? [], .. missing];
        return changes || missing.Count > 0;
    }

    private static bool AddLabels(V1ObjectMeta present, V1ObjectMeta wanted)
    {
        var missing = wanted.Labels.Where(label => present.Labels?.ContainsKey(label.Key) != true).ToList();
        foreach (var (key, value) in missing)
        {
            (present.Labels ??= new Dictionary<string, string>()).Add(key, value);
        }

        return missing.Count > 0;
    }

    private async Task EnsureAsync<T>(T wanted, Func<T, T, bool> complete, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = pipeline.Resources.Get(typeof(T));
        var request = new ResourceRequest(UserInfo.ApiServer, Verb.Create, definition, "", wanted.Metadata.Name);
        if (objects.Find<T>(wanted.Key()) is not { } stored)
        {
            wanted.ApiVersion = definition.Gvk.ApiVersion;
            wanted.Kind = definition.Gvk.Kind;
            await pipeline.CreateAsync(request, wanted, WriteOptions.Default, cancellationToken);
            return;
        }

        if (stored.Metadata.Annotations?.TryGetValue(AutoUpdate, out var text) == true && text == "false")
        {
            return;
        }

        var present = (T)definition.Decode(definition.Encode(stored));
        if (complete(present, wanted))
        {
            await pipeline.UpdateAsync(
                request with { Verb = Verb.Update }, _ => present, WriteOptions.Default, cancellationToken);
        }
    }
}
