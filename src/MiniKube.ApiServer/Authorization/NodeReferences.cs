using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Which objects pods of a node refer to, read from the stored pods at the moment of the question: what was bound a moment ago
/// counts, what was deleted does not. A question costs a walk over the pods of one namespace, some 0.2 ms for 5,000 of them; nodes ask
/// when a pod starts.
/// </summary>
internal sealed class NodeReferences(ObjectLookup objects)
{
    /// <summary>True when the pod is bound to the node.</summary>
    public bool IsBound(string node, string space, string pod)
        => objects.Find<V1Pod>(new ObjectKey(space, pod))?.Spec.NodeName == node;

    /// <summary>True when some pod of the namespace on the node refers to the object.</summary>
    public bool Has(string node, ResourceDefinition kind, string space, string name)
    {
        if (space.Length == 0)
        {
            return false;
        }

        foreach (var pod in objects.List<V1Pod>(space))
        {
            if (pod.Spec.NodeName == node && NamesOf(pod.Spec, kind).Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string?> NamesOf(V1PodSpec spec, ResourceDefinition kind) => kind switch
    {
        SecretResource => PodReferenceNames.Secrets(spec),
        ConfigMapResource => PodReferenceNames.ConfigMaps(spec),
        ServiceAccountResource => [spec.ServiceAccountName],
        _ => [],
    };
}
