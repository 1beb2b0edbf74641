using k8s.Models;

namespace MiniKube.Node;

/// <summary>Tells users when a container begins to wait for another try, once per wait.</summary>
internal static class BackoffEvents
{
    public static void Tell(PodEvents events, PodView view, V1PodStatus before, V1PodStatus now)
    {
        foreach (var container in view.Containers)
        {
            var reason = Find(now, container.Name)?.State.Waiting?.Reason;
            var isNew = Find(before, container.Name) is not { } old
                || old.State.Waiting?.Reason != reason
                || old.RestartCount != Find(now, container.Name)!.RestartCount;
            if (isNew)
            {
                Tell(events, view.Pod, container.Container, reason);
            }
        }
    }

    private static void Tell(PodEvents events, V1Pod pod, PodContainer container, string? reason)
    {
        switch (reason)
        {
            case LaunchReasons.CrashLoop:
                events.Warning(pod, container, "BackOff",
                    $"Back-off restarting failed container {container.Name} in pod {PodNames.Of(pod)}");
                return;
            case LaunchReasons.PullBackOff:
                events.Normal(pod, container, "BackOff", $"Back-off pulling image \"{container.Spec.Image}\"");
                events.Warning(pod, container, "Failed", $"Error: {LaunchReasons.PullBackOff}");
                return;
        }
    }

    private static V1ContainerStatus? Find(V1PodStatus status, string name)
        => (status.InitContainerStatuses ?? []).Concat(status.ContainerStatuses ?? []).FirstOrDefault(one => one.Name == name);
}
