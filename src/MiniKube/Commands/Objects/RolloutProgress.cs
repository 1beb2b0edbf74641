using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>How far a Deployment's rollout is, in kubectl's words. Pure.</summary>
internal sealed record RolloutProgress(bool Done, string Message)
{
    /// <exception cref="CommandException">The rollout made no progress for longer than it may.</exception>
    public static RolloutProgress Of(JsonObject deployment)
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
