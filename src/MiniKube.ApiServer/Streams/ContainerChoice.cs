using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Which container of a pod a log or exec request is about. Pure; words of kube-apiserver.</summary>
internal static class ContainerChoice
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    /// <summary>The asked container if the pod has it; the only or the annotated one when none is asked for.</summary>
    /// <exception cref="ApiException">BadRequest: there is no such container, or several to choose from.</exception>
    public static string Of(V1Pod pod, string asked)
    {
        var names = pod.Spec.Containers.Select(one => one.Name).ToList();
        var inits = (pod.Spec.InitContainers ?? []).Select(one => one.Name).ToList();
        var ephemerals = (pod.Spec.EphemeralContainers ?? []).Select(one => one.Name).ToList();
        if (asked.Length > 0)
        {
            return names.Contains(asked) || inits.Contains(asked) || ephemerals.Contains(asked)
                ? asked
                : throw new ApiException(
                    StatusReason.BadRequest, $"container {asked} is not valid for pod {pod.Metadata.Name}");
        }

        if (pod.Metadata.Annotations?.TryGetValue(DefaultContainer, out var chosen) == true && names.Contains(chosen))
        {
            return chosen;
        }

        return names.Count == 1 && inits.Count == 0
            ? names[0]
            : throw new ApiException(StatusReason.BadRequest, Several(pod.Metadata.Name, names, inits));
    }

    private static string Several(string pod, List<string> names, List<string> inits)
    {
        var several = $"a container name must be specified for pod {pod}, choose one of: [{string.Join(' ', names)}]";
        return inits.Count == 0 ? several : $"{several} or one of the init containers: [{string.Join(' ', inits)}]";
    }
}
