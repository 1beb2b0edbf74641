namespace MiniKube.Scheduler;

/// <summary>
/// Why a pod fits nowhere, in kube-scheduler's words: <c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were
/// unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is
/// not helpful for scheduling.</c>
/// </summary>
internal static class RejectionMessage
{
    public const string NoNodes = "no nodes available to schedule pods";

    public static string Of(PodView pod, IReadOnlyCollection<NodeRejection> rejections)
    {
        var reasons = rejections.SelectMany(static one => one.Reasons.Select(static reason => reason.Reason));
        return $"{Count(rejections.Count, reasons)} preemption: {Preemption(pod, rejections)}";
    }

    private static string Preemption(PodView pod, IReadOnlyCollection<NodeRejection> rejections)
        => pod.Pod.Spec.PreemptionPolicy == "Never"
            ? "not eligible due to preemptionPolicy=Never."
            : Count(rejections.Count, rejections.Select(static one => one.IsFinal
                ? "Preemption is not helpful for scheduling"
                : "No preemption victims found for incoming pod"));

    // Sorted as text, count first, as kube-scheduler does: "10 ..." comes before "2 ...".
    private static string Count(int nodes, IEnumerable<string> reasons)
    {
        var counted = reasons.CountBy(static reason => reason)
            .Select(static entry => $"{entry.Value} {entry.Key}")
            .Order(StringComparer.Ordinal);
        return $"0/{nodes} nodes are available: {string.Join(", ", counted)}.";
    }
}
