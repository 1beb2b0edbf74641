using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>Which container of a pod a request means.</summary>
internal static class PodContainers
{
    private const string DefaultAnnotation = "kubectl.kubernetes.io/default-container";

    /// <summary>The named one; without a name the annotated or the only one.</summary>
    /// <exception cref="ApiException">No name, and there are several.</exception>
    public static string NameOf(V1Pod pod, string? asked)
    {
        if (asked is { Length: > 0 })
        {
            return asked;
        }

        if (pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(DefaultAnnotation, out var byAnnotation))
        {
            return byAnnotation;
        }

        if (pod.Spec.Containers.Count == 1)
        {
            return pod.Spec.Containers[0].Name;
        }

        var names = string.Join(' ', pod.Spec.Containers.Select(container => container.Name));
        var init = string.Join(' ', (pod.Spec.InitContainers ?? []).Select(container => container.Name));
        var also = init.Length == 0 ? "" : $" or one of the init containers: [{init}]";
        throw new ApiException(StatusReason.BadRequest,
            $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{names}]{also}");
    }

    /// <exception cref="ApiException">The pod has none of that name.</exception>
    public static ContainerView Find(PodView view, string name)
        => view.Containers.FirstOrDefault(container => container.Name == name)
            ?? throw new ApiException(StatusReason.BadRequest, $"container {name} is not valid for pod {view.Pod.Metadata.Name}");
}
