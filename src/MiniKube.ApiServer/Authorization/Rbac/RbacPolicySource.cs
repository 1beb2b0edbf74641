using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The policy as of now: a write of a role or binding that was answered counts for the next request. Compiled anew when one of
/// these objects changed; as long as nothing at all is written, asking costs one comparison. Thread-safe.
/// </summary>
internal sealed class RbacPolicySource(IResourceStore store, ResourceIndex resources)
{
    private static readonly ImmutableArray<Type> Kinds =
        [typeof(V1Role), typeof(V1ClusterRole), typeof(V1RoleBinding), typeof(V1ClusterRoleBinding)];

    private readonly MadeOfKinds<RbacPolicy> _policy = new(
        store,
        [.. Kinds.Select(resources.Get)],
        parts => new RbacPolicy(
            Typed<V1Role>(parts[0], resources),
            Typed<V1ClusterRole>(parts[1], resources),
            Typed<V1RoleBinding>(parts[2], resources),
            Typed<V1ClusterRoleBinding>(parts[3], resources)));

    public RbacPolicy Current => _policy.Current;

    private static IEnumerable<T> Typed<T>(IReadOnlyList<StoredObject> objects, ResourceIndex resources)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = resources.Get(typeof(T));
        return objects.Select(stored => (T)definition.View(stored).Item);
    }
}
