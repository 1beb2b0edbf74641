using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>What a person has agreed to lose.</summary>
internal sealed record DrainConsent(bool IgnoreDaemonSets, bool DeleteEmptyDirData, bool Force);

/// <summary>Which pods a drain ends, and why it may not.</summary>
/// <param name="Leaving">The pods to end.</param>
/// <param name="Warnings">What people should know; in kubectl's words.</param>
/// <param name="Refusals">Why nothing is done; in kubectl's words. Empty when all is well.</param>
internal sealed record DrainPlan(IReadOnlyList<JsonObject> Leaving, IReadOnlyList<string> Warnings, IReadOnlyList<string> Refusals);

/// <summary>
/// Decides which pods of a node a drain ends, with kubectl's rules. Pure.
/// https://kubernetes.io/docs/reference/kubectl/generated/kubectl_drain/
/// </summary>
internal static class DrainPlanner
{
    /// <param name="pods">All pods of the node.</param>
    /// <param name="hasDaemonSet">Whether the daemon set a pod belongs to is still there.</param>
    /// <param name="consent">What may be lost.</param>
    public static DrainPlan Plan(IEnumerable<JsonObject> pods, Func<JsonObject, bool> hasDaemonSet, DrainConsent consent)
    {
        List<JsonObject> leaving = [];
        List<(string Message, string Pod)> warnings = [];
        List<(string Message, string Pod)> refusals = [];
        foreach (var pod in pods)
        {
            var verdict = Judge(pod, hasDaemonSet, consent);
            var title = $"{pod.Map("metadata").Text("namespace")}/{pod.Map("metadata").Text("name")}";
            warnings.AddRange(verdict.Warnings.Select(message => (message, title)));
            refusals.AddRange(verdict.Refusals.Select(message => (message, title)));
            if (verdict.Leaves)
            {
                leaving.Add(pod);
            }
        }

        return new DrainPlan(leaving, Group(warnings), Group(refusals));
    }

    private static Verdict Judge(JsonObject pod, Func<JsonObject, bool> hasDaemonSet, DrainConsent consent)
    {
        if (pod.Map("metadata").Map("annotations").Text("kubernetes.io/config.mirror") is not null)
        {
            return Verdict.Stays;
        }

        if (pod.Map("status").Text("phase") is "Succeeded" or "Failed")
        {
            return Verdict.Goes;
        }

        var owner = pod.Map("metadata").Items("ownerReferences").FirstOrDefault(static one => one.Text("controller") == "true");
        var verdict = Verdict.Goes;
        if (owner?.Text("kind") == "DaemonSet")
        {
            if (hasDaemonSet(pod))
            {
                return consent.IgnoreDaemonSets
                    ? Verdict.Stays.Warn("ignoring DaemonSet-managed Pods")
                    : Verdict.Stays.Refuse("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)");
            }

            owner = null;
        }

        if (pod.Map("spec").Items("volumes").Any(static volume => volume.ContainsKey("emptyDir")))
        {
            verdict = consent.DeleteEmptyDirData
                ? verdict.Warn("deleting Pods with local storage")
                : verdict.Refuse("cannot delete Pods with local storage (use --delete-emptydir-data to override)");
        }

        return owner is not null ? verdict
            : consent.Force ? verdict.Warn("deleting Pods that declare no controller")
            : verdict.Refuse("cannot delete Pods that declare no controller (use --force to override)");
    }

    // "deleting Pods with local storage: default/a, default/b", one for each message.
    private static List<string> Group(IEnumerable<(string Message, string Pod)> found)
        => [.. found.GroupBy(static one => one.Message)
            .Select(static group => $"{group.Key}: {string.Join(", ", group.Select(static one => one.Pod))}")];

    private sealed record Verdict(bool Leaves, IReadOnlyList<string> Warnings, IReadOnlyList<string> Refusals)
    {
        public static Verdict Goes { get; } = new(true, [], []);

        public static Verdict Stays { get; } = new(false, [], []);

        public Verdict Warn(string message) => this with { Warnings = [.. Warnings, message] };

        public Verdict Refuse(string message) => this with { Refusals = [.. Refusals, message] };
    }
}
