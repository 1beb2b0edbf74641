using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Whether an applied object does its work yet, and how far it is, in a few words. Pure.</summary>
internal sealed record Readiness(bool Ready, string State)
{
    /// <summary>Kinds that are ready only some time after they were applied; all others are ready at once.</summary>
    public static bool TakesTime(string kind) => kind is "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Pod";

    public static Readiness Of(JsonObject item) => item.Text("kind") switch
    {
        "Deployment" => OfDeployment(item),
        "StatefulSet" => OfSet(item, Number(item.Map("spec"), "replicas", missing: 1), "availableReplicas"),
        "DaemonSet" => OfSet(item, Number(item.Map("status"), "desiredNumberScheduled"), "numberAvailable"),
        "ReplicaSet" => Available(item, Number(item.Map("spec"), "replicas", missing: 1)),
        "Pod" => OfPod(item),
        "Node" => IsTrue(item, "Ready") ? new Readiness(true, "ready") : new Readiness(false, "not ready"),
        _ => new Readiness(true, ""),
    };

    private static Readiness OfDeployment(JsonObject item)
    {
        var status = item.Map("status");
        var wanted = Number(item.Map("spec"), "replicas", missing: 1);
        var settled = Number(status, "observedGeneration") >= Number(item.Map("metadata"), "generation")
            && Number(status, "updatedReplicas") >= wanted
            && Number(status, "replicas") == Number(status, "updatedReplicas");
        var available = Available(item, wanted);
        return available with { Ready = available.Ready && settled };
    }

    private static Readiness Available(JsonObject item, long wanted)
    {
        var available = Number(item.Map("status"), "availableReplicas");
        return new Readiness(available >= wanted, $"{Math.Min(available, wanted)} of {wanted} available");
    }

    private static Readiness OfSet(JsonObject item, long wanted, string count)
    {
        var status = item.Map("status");
        var isSeen = Number(status, "observedGeneration") >= Number(item.Map("metadata"), "generation");
        var available = Number(status, count);
        return new Readiness(isSeen && available >= wanted, $"{Math.Min(available, wanted)} of {wanted} available");
    }

    private static Readiness OfPod(JsonObject item)
    {
        var status = item.Map("status");
        var phase = status.Text("phase") ?? "Pending";
        var ready = IsTrue(item, "Ready");
        return new Readiness(ready || phase == "Succeeded", ready ? "ready" : phase.ToLowerInvariant());
    }

    private static bool IsTrue(JsonObject item, string condition)
        => item.Map("status").Items("conditions").Any(one => one.Text("type") == condition && one.Text("status") == "True");

    private static long Number(JsonObject map, string name, long missing = 0) => map[name]?.GetValue<long>() ?? missing;
}
