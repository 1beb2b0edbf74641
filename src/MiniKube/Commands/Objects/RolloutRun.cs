using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>The actions of <c>rollout</c> on one workload.</summary>
internal sealed class RolloutRun(ApiConnection api, ResourceKinds kinds, Terminal terminal, RolloutTarget target)
{
    private const string StrategicMerge = "application/strategic-merge-patch+json";

    private string Path => target.Kind.PathOf(api.Namespace, target.Name);

    public async Task StatusAsync(bool watch, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await FollowAsync(watch, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("error: timed out waiting for the condition");
        }
    }

    public async Task HistoryAsync(CancellationToken cancellationToken)
    {
        var revisions = await HistoryOfAsync(cancellationToken);
        await terminal.Output.WriteLineAsync($"{target.Title} ");
        var table = new TableWriter(terminal.Output, gap: 2);
        table.Add(["REVISION", "CHANGE-CAUSE"]);
        foreach (var revision in revisions)
        {
            table.Add([revision.Number.ToString(CultureInfo.InvariantCulture), revision.Cause ?? "<none>"]);
        }

        await table.FlushAsync();
        await terminal.Output.WriteLineAsync();
    }

    public async Task UndoAsync(long revision, CancellationToken cancellationToken)
    {
        var deployment = await api.GetAsync(Path, cancellationToken);
        if (deployment["spec"]?["paused"]?.GetValue<bool>() == true)
        {
            throw new CommandException(
                $"error: cannot rollback a paused deployment; resume it first with 'minikube rollout resume {target.Title}' and try again");
        }

        var chosen = Choose(await HistoryOfAsync(cancellationToken), revision);
        if (JsonNode.DeepEquals(chosen.Template, deployment["spec"]!["template"]!))
        {
            await terminal.Output.WriteLineAsync(
                $"{target.Title} skipped rollback (current template already matches revision {chosen.Number})");
            return;
        }

        var patch = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/spec/template", ["value"] = chosen.Template });
        await PatchAsync(patch, "application/json-patch+json", cancellationToken);
        await terminal.Output.WriteLineAsync($"{target.Title} rolled back");
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var now = terminal.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var annotations = new JsonObject { ["kubectl.kubernetes.io/restartedAt"] = now };
        var template = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
        await PatchAsync(patch, StrategicMerge, cancellationToken);
        await terminal.Output.WriteLineAsync($"{target.Title} restarted");
    }

    public Task PauseAsync(CancellationToken cancellationToken) => SetPausedAsync(paused: true, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => SetPausedAsync(paused: false, cancellationToken);

    private async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        if (target.Kind.Kind != "Deployment")
        {
            throw new CommandException($"error: {target.Title} cannot be {(paused ? "paused" : "resumed")}: only Deployments can");
        }

        var deployment = await api.GetAsync(Path, cancellationToken);
        if ((deployment["spec"]?["paused"]?.GetValue<bool>() ?? false) == paused)
        {
            var kind = target.Kind.Gvr.GroupResource;
            throw new CommandException($"error: {kind} \"{target.Name}\" is {(paused ? "already paused" : "not paused")}");
        }

        var patch = new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused } };
        await PatchAsync(patch, StrategicMerge, cancellationToken);
        await terminal.Output.WriteLineAsync($"{target.Title} {(paused ? "paused" : "resumed")}");
    }

    private async Task FollowAsync(bool watch, CancellationToken cancellationToken)
    {
        var last = "";
        await foreach (var item in ObjectWatch.FollowAsync(api, target.Kind, api.Namespace, target.Name, cancellationToken))
        {
            var progress = RolloutProgress.Of(item);
            if (progress.Message != last)
            {
                last = progress.Message;
                await terminal.Output.WriteLineAsync(progress.Message);
            }

            if (progress.Done || !watch)
            {
                return;
            }
        }

        throw new CommandException($"error: {target.Title} was deleted");
    }

    private Task<JsonObject> PatchAsync(JsonNode patch, string mediaType, CancellationToken cancellationToken)
        => api.SendAsync(HttpMethod.Patch, Path, new ApiBody(patch.ToJsonString(), mediaType), cancellationToken);

    private Task<IReadOnlyList<RolloutRevision>> HistoryOfAsync(CancellationToken cancellationToken)
        => RolloutHistory.ReadAsync(api, kinds, target, cancellationToken);

    private RolloutRevision Choose(IReadOnlyList<RolloutRevision> revisions, long number)
    {
        if (number == 0)
        {
            return revisions.Count > 1
                ? revisions[^2]
                : throw new CommandException(
                    $"error: no rollout history found for {target.Kind.Singular} \"{target.Name}\"");
        }

        return revisions.FirstOrDefault(one => one.Number == number)
            ?? throw new CommandException($"error: unable to find specified revision {number} in history");
    }
}
