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
    private State? _state;

    public RbacPolicy Current
    {
        get
        {
            // Read before the lists are: what is written meanwhile is looked at by the next question.
            var revision = store.Current.Value;
            var known = Volatile.Read(ref _state);
            if (known?.Revision == revision)
            {
                return known.Policy;
            }

            var parts = new Parts(List<V1Role>(), List<V1ClusterRole>(), List<V1RoleBinding>(), List<V1ClusterRoleBinding>());
            var policy = known is not null && parts.AreThoseOf(known.Parts) ? known.Policy : Compile(parts);
            Volatile.Write(ref _state, new State(revision, parts, policy));
            return policy;
        }
    }

    private RbacPolicy Compile(Parts parts) => new(
        Typed<V1Role>(parts.Roles),
        Typed<V1ClusterRole>(parts.ClusterRoles),
        Typed<V1RoleBinding>(parts.Bindings),
        Typed<V1ClusterRoleBinding>(parts.ClusterBindings));

    private IReadOnlyList<StoredObject> List<T>()
        => store.List(new ListRequest(new KeyRange(resources.Get(typeof(T)).Gvr.GroupResource))).Objects;

    private IEnumerable<T> Typed<T>(IReadOnlyList<StoredObject> objects)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = resources.Get(typeof(T));
        return objects.Select(stored => (T)definition.View(stored).Item);
    }

    private sealed record State(long Revision, Parts Parts, RbacPolicy Policy);

    private sealed record Parts(
        IReadOnlyList<StoredObject> Roles,
        IReadOnlyList<StoredObject> ClusterRoles,
        IReadOnlyList<StoredObject> Bindings,
        IReadOnlyList<StoredObject> ClusterBindings)
    {
        public bool AreThoseOf(Parts other)
            => AreSame(Roles, other.Roles) && AreSame(ClusterRoles, other.ClusterRoles)
                && AreSame(Bindings, other.Bindings) && AreSame(ClusterBindings, other.ClusterBindings);

        private static bool AreSame(IReadOnlyList<StoredObject> some, IReadOnlyList<StoredObject> others)
        {
            if (some.Count != others.Count)
            {
                return false;
            }

            for (var index = 0; index < some.Count; index++)
            {
                if (some[index].Revision != others[index].Revision || some[index].Key != others[index].Key)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
