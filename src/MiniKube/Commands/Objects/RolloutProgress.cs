using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>How far the rollout of a Deployment, StatefulSet or DaemonSet is, in kubectl's words. Pure.</summary>
internal sealed record RolloutProgress(bool Done, string Message)
{
    /// <exception cref="CommandException">The rollout made no progress for longer than it may.</exception>
    public static RolloutProgress Of(JsonObject workload) => workload.Text("kind") switch
    {
        "StatefulSet" => OfStatefulSet(workload),
        "DaemonSet" => OfDaemonSet(workload),
        _ => OfDeployment(workload),
    };

    private static RolloutProgress OfStatefulSet(JsonObject set)
    {
        var (spec, status) = (set.Map("spec"), set.Map("status"));
        RequireRolling(spec);
        if (Number(set["metadata"], "generation") > Number(status, "observedGeneration"))
        {
            return new RolloutProgress(false, "Waiting for statefulset spec update to be observed...");
        }

        var wanted = Number(spec, "replicas", missing: 1);
        var (ready, updated) = (Number(status, "readyReplicas"), Number(status, "updatedReplicas"));
        if (ready < wanted)
        {
            return new RolloutProgress(false, $"Waiting for {wanted - ready} pods to be ready...");
        }

        if (spec.Map("updateStrategy")["rollingUpdate"]?["partition"]?.GetValue<long>() is { } partition)
        {
            return updated < wanted - partition
                ? new RolloutProgress(
                    false,
                    $"Waiting for partitioned roll out to finish: {updated} out of {wanted - partition} new pods have been updated...")
                : new RolloutProgress(true, $"partitioned roll out complete: {updated} new pods have been updated...");
        }

        var revision = status.Text("updateRevision");
        return revision != status.Text("currentRevision")
            ? new RolloutProgress(false, $"waiting for statefulset rolling update to complete {updated} pods at revision {revision}...")
            : new RolloutProgress(
                true, $"statefulset rolling update complete {Number(status, "currentReplicas")} pods at revision {revision}...");
    }

    private static RolloutProgress OfDaemonSet(JsonObject set)
    {
        var (name, status) = (set.Map("metadata").Text("name"), set.Map("status"));
        RequireRolling(set.Map("spec"));
        if (Number(set["metadata"], "generation") > Number(status, "observedGeneration"))
        {
            return new RolloutProgress(false, "Waiting for daemon set spec update to be observed...");
        }

        var wanted = Number(status, "desiredNumberScheduled");
        var (updated, available) = (Number(status, "updatedNumberScheduled"), Number(status, "numberAvailable"));
        var waiting = $"Waiting for daemon set \"{name}\" rollout to finish:";
        return updated < wanted ? new RolloutProgress(false, $"{waiting} {updated} out of {wanted} new pods have been updated...")
            : available < wanted ? new RolloutProgress(false, $"{waiting} {available} of {wanted} updated pods are available...")
            : new RolloutProgress(true, $"daemon set \"{name}\" successfully rolled out");
    }

    private static void RequireRolling(JsonObject spec)
    {
        if (spec.Map("updateStrategy").Text("type") != "RollingUpdate")
        {
            throw new CommandException("error: rollout status is only available for RollingUpdate strategy type");
        }
    }

    private static RolloutProgress OfDeployment(JsonObject deployment)
    {
        var name = deployment["metadata"]!["name"]!.ToString();
        var status = deployment["status"];
        if (Number(deployment["metadata"], "generation") > Number(status, "observedGeneration"))
        {
            return new RolloutProgress(false, "Waiting for deployment spec update to be observed...");
        }

        var progressing = (status?["conditions"] as JsonArray ?? [])
            .FirstOrDefault(static one => one?["type"]?.ToString() == "Progressing");
        if (progressing?["reason"]?.ToString() == "ProgressDeadlineExceeded")
        {
            throw new CommandException($"error: deployment \"{name}\" exceeded its progress deadline");
        }

        var wanted = Number(deployment["spec"], "replicas", missing: 1);
        var total = Number(status, "replicas");
        var updated = Number(status, "updatedReplicas");
        var available = Number(status, "availableReplicas");
        var waiting = $"Waiting for deployment \"{name}\" rollout to finish:";
        if (updated < wanted)
        {
            return new RolloutProgress(false, $"{waiting} {updated} out of {wanted} new replicas have been updated...");
        }

        if (total > updated)
        {
            return new RolloutProgress(false, $"{waiting} {total - updated} old replicas are pending termination...");
        }

        return available < updated
            ? new RolloutProgress(false, $"{waiting} {available} of {updated} updated replicas are available...")
            : new RolloutProgress(true, $"deployment \"{name}\" successfully rolled out");
    }

    private static long Number(JsonNode? map, string name, long missing = 0) => map?[name]?.GetValue<long>() ?? missing;
}
