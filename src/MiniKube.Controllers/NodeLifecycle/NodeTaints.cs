using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// The taints a node's conditions call for. https://kubernetes.io/docs/reference/labels-annotations-taints/
/// </summary>
internal static class NodeTaints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";

    private static readonly (string Condition, string Status, string Key)[] ByCondition =
    [
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
        ("Ready", "False", NotReady),
        ("Ready", "Unknown", Unreachable),
    ];

    private static readonly HashSet<string> Managed =
        [.. ByCondition.Select(static one => one.Key), "node.kubernetes.io/unschedulable"];

    /// <summary>All taints the node should have: other people's, and ours as its conditions are now.</summary>
    /// <param name="node">The node.</param>
    /// <param name="drivesOut">True when a node that is not ready also loses the pods it has.</param>
    /// <param name="now">The present time.</param>
    public static List<V1Taint> Of(V1Node node, bool drivesOut, DateTimeOffset now)
    {
        var present = node.Spec?.Taints ?? [];
        var wanted = Wanted(node).Where(one => drivesOut || one.Effect != "NoExecute").Select(one => Keep(present, one) ?? Make(one, now));
        return [.. present.Where(static taint => !IsManaged(taint)), .. wanted];
    }

    public static bool IsSame(IList<V1Taint>? left, IList<V1Taint>? right)
        => (left ?? []).Select(Text).SequenceEqual((right ?? []).Select(Text));

    /// <summary>True when the node has a taint of ours that makes pods leave.</summary>
    public static bool DrivesOut(V1Node node)
        => (node.Spec?.Taints ?? []).Any(static taint => taint is { Key: NotReady or Unreachable, Effect: "NoExecute" });

    private static IEnumerable<(string Key, string Effect)> Wanted(V1Node node)
    {
        var conditions = node.Status?.Conditions ?? [];
        foreach (var (condition, status, key) in ByCondition)
        {
            if (conditions.Any(one => one.Type == condition && one.Status == status))
            {
                yield return (key, "NoSchedule");
                if (condition == "Ready")
                {
                    yield return (key, "NoExecute");
                }
            }
        }

        // A node that has never said anything is not ready.
        if (conditions.All(static one => one.Type != "Ready"))
        {
            yield return (NotReady, "NoSchedule");
        }

        if (node.Spec?.Unschedulable == true)
        {
            yield return ("node.kubernetes.io/unschedulable", "NoSchedule");
        }
    }

    private static V1Taint? Keep(IList<V1Taint> present, (string Key, string Effect) wanted)
        => present.FirstOrDefault(taint => taint.Key == wanted.Key && taint.Effect == wanted.Effect);

    private static V1Taint Make((string Key, string Effect) wanted, DateTimeOffset now)
        => new() { Key = wanted.Key, Effect = wanted.Effect, TimeAdded = now.UtcDateTime };

    private static bool IsManaged(V1Taint taint)
        => taint.Effect is "NoSchedule" or "NoExecute" && Managed.Contains(taint.Key) && string.IsNullOrEmpty(taint.Value);

    private static string Text(V1Taint taint) => $"{taint.Key}={taint.Value}:{taint.Effect}";
}
