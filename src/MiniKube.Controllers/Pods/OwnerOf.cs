using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Whom a pod matters to.</summary>
internal static class OwnerOf
{
    /// <summary>The set that manages the pod; of a pod nobody manages, those sets that want it.</summary>
    public static IEnumerable<ObjectKey> Pod<TSet>(
        V1Pod pod, Informer<TSet> sets, Func<TSet, V1LabelSelector?> selectorOf)
        where TSet : class, IKubernetesObject<V1ObjectMeta>
    {
        if (pod.ControllerRef() is { } owner)
        {
            return owner.Kind == ObjectType<TSet>.Gvk.Kind ? [new ObjectKey(pod.Metadata.NamespaceProperty, owner.Name)] : [];
        }

        return pod.IsDeleting()
            ? []
            : sets.ByNamespace[pod.Metadata.NamespaceProperty ?? ""]
                .Where(set => LabelSelector.Of(selectorOf(set))?.Matches(pod.Metadata.Labels) == true)
                .Select(static set => set.Key());
    }
}
