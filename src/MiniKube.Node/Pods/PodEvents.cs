using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>What the node tells users about their pods, signed <c>kubelet</c> as everywhere.</summary>
internal sealed class PodEvents(EventRecorder recorder)
{
    public void Normal(V1Pod pod, string reason, string message) => recorder.Normal(pod, reason, message);

    public void Warning(V1Pod pod, string reason, string message) => recorder.Warning(pod, reason, message);

    public void Normal(V1Pod pod, PodContainer container, string reason, string message)
        => recorder.Report(About(pod, container), "Normal", reason, message);

    public void Warning(V1Pod pod, PodContainer container, string reason, string message)
        => recorder.Report(About(pod, container), "Warning", reason, message);

    private static V1ObjectReference About(V1Pod pod, PodContainer container)
        => EventRecorder.Reference(pod) with { FieldPath = container.FieldPath };
}
