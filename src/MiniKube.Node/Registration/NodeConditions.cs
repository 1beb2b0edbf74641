using k8s.Models;

namespace MiniKube.Node;

/// <summary>The conditions a node reports of itself. https://kubernetes.io/docs/reference/node/node-status/#condition</summary>
internal static class NodeConditions
{
    public static IList<V1NodeCondition> Of(NodeReport report, IList<V1NodeCondition> before, DateTimeOffset now)
    {
        V1NodeCondition[] wanted =
        [
            Healthy("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            Healthy("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            Healthy("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            report.IsReady
                ? new V1NodeCondition
                {
                    Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "kubelet is posting ready status",
                }
                : new V1NodeCondition
                {
                    Type = "Ready", Status = "False", Reason = "KubeletNotReady", Message = report.Problem,
                },
        ];
        return
        [
            .. wanted.Select(condition => KeepTimes(condition, before, now)),
            .. before.Where(condition => wanted.All(ours => ours.Type != condition.Type)),
        ];
    }

    private static V1NodeCondition Healthy(string type, string reason, string message)
        => new() { Type = type, Status = "False", Reason = reason, Message = message };

    private static V1NodeCondition KeepTimes(V1NodeCondition condition, IList<V1NodeCondition> before, DateTimeOffset now)
    {
        var old = before.FirstOrDefault(one => one.Type == condition.Type);
        var isSame = old?.Status == condition.Status && old.Reason == condition.Reason && old.Message == condition.Message;
        return condition with
        {
            LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : now.UtcDateTime,
            LastHeartbeatTime = isSame ? old!.LastHeartbeatTime : now.UtcDateTime,
        };
    }
}
