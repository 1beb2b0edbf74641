using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>One earlier or present template of a workload.</summary>
/// <param name="Number">Its revision.</param>
/// <param name="Cause">Why it was made, as the person said; null when they did not.</param>
/// <param name="Template">The pod template.</param>
internal sealed record RolloutRevision(long Number, string? Cause, JsonObject Template);

/// <summary>
/// The revisions of a workload, oldest first: a Deployment keeps them in its ReplicaSets, the others in ControllerRevisions.
/// </summary>
internal static class RolloutHistory
{
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string ChangeCause = "kubernetes.io/change-cause";

    public static async Task<IReadOnlyList<RolloutRevision>> ReadAsync(
        ApiConnection api, ResourceKinds kinds, RolloutTarget target, CancellationToken cancellationToken)
    {
        var isDeployment = target.Kind.Kind == "Deployment";
        var owner = await api.GetAsync(target.Kind.PathOf(api.Namespace, target.Name), cancellationToken);
        var uid = owner.Map("metadata").Text("uid");
        var keeper = kinds.Find(isDeployment ? "replicasets" : "controllerrevisions");
        var list = await api.GetAsync(keeper.PathOf(api.Namespace), cancellationToken);
        return [.. list.Items("items")
            .Where(item => item.Map("metadata").Items("ownerReferences").Any(one => one.Text("uid") == uid))
            .Select(item => isDeployment ? OfReplicaSet(item) : OfControllerRevision(item))
            .OrderBy(static one => one.Number)];
    }

    private static RolloutRevision OfReplicaSet(JsonObject set)
    {
        var template = set.Map("spec").Map("template").DeepClone().AsObject();
        (template["metadata"]?["labels"] as JsonObject)?.Remove("pod-template-hash");
        var annotations = set.Map("metadata").Map("annotations");
        var number = long.TryParse(annotations.Text(Revision), CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        return new RolloutRevision(number, annotations.Text(ChangeCause), template);
    }

    private static RolloutRevision OfControllerRevision(JsonObject revision)
    {
        var template = revision.Map("data").Map("spec").Map("template").DeepClone().AsObject();
        template.Remove("$patch");
        return new RolloutRevision(
            revision["revision"]?.GetValue<long>() ?? 0, revision.Map("metadata").Map("annotations").Text(ChangeCause), template);
    }
}
