using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>How a drain is done.</summary>
internal sealed record DrainRequest
{
    public required DrainConsent Consent { get; init; }

    public required DryRun DryRun { get; init; }

    /// <summary>Seconds pods have to end in; null is their own.</summary>
    public int? GraceSeconds { get; init; }

    /// <summary>True deletes pods without asking their budgets.</summary>
    public bool SkipsBudgets { get; init; }

    /// <summary>Only pods of this label selector; null is all.</summary>
    public string? PodLabels { get; init; }

    public required TimeSpan Patience { get; init; }
}

/// <summary>One run of <c>drain</c>: cordons nodes, and ends their pods as their budgets allow.</summary>
internal sealed class DrainRun(ApiConnection api, Terminal terminal, DrainRequest request)
{
    // As kubectl: how long to wait before a budget is asked again.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <exception cref="CommandException">Something may not be lost, or time ran out.</exception>
    public async Task RunAsync(IReadOnlyList<JsonObject> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            await CordonCommand.SetAsync(api, terminal, node, cordoned: true, request.DryRun, cancellationToken);
        }

        using var deadline = new CancellationTokenSource(request.Patience, terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            foreach (var node in nodes)
            {
                await DrainAsync(NodeChoice.NameOf(node), either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"error: drain did not complete within {request.Patience.TotalSeconds:0}s; the nodes stay cordoned");
        }
    }

    private async Task DrainAsync(string node, CancellationToken cancellationToken)
    {
        var query = QueryText.Of(("fieldSelector", $"spec.nodeName={node}"), ("labelSelector", request.PodLabels));
        var pods = (await api.GetAsync($"/api/v1/pods{query}", cancellationToken)).Items("items").ToList();
        var sets = (await api.GetAsync("/apis/apps/v1/daemonsets", cancellationToken)).Items("items")
            .Select(static set => set.Map("metadata").Text("uid")).ToHashSet();
        var plan = DrainPlanner.Plan(
            pods,
            pod => pod.Map("metadata").Items("ownerReferences").Any(owner => sets.Contains(owner.Text("uid"))),
            request.Consent);
        if (plan.Refusals.Count > 0)
        {
            var why = plan.Refusals.Count == 1 ? plan.Refusals[0] : $"[{string.Join(", ", plan.Refusals)}]";
            throw new CommandException($"error: unable to drain node \"{node}\" due to error: {why}");
        }

        if (plan.Warnings.Count > 0)
        {
            await terminal.Error.WriteLineAsync($"Warning: {string.Join("; ", plan.Warnings)}");
        }

        await Task.WhenAll(plan.Leaving.Select(pod => EndAsync(pod, cancellationToken)));
        await terminal.Output.WriteLineAsync($"node/{node} drained{request.DryRun.Suffix}");
    }

    private async Task EndAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        var (space, name) = (pod.Map("metadata").Text("namespace")!, pod.Map("metadata").Text("name")!);
        if (request.DryRun.Sends)
        {
            var verb = request.SkipsBudgets ? "deleting" : "evicting";
            await terminal.Output.WriteLineAsync($"{verb} pod {space}/{name}{request.DryRun.Suffix}");
            await SendAsync(pod, space, name, cancellationToken);
        }

        if (request.DryRun.IsReal)
        {
            await UntilGoneAsync(pod, space, name, cancellationToken);
        }

        await terminal.Output.WriteLineAsync($"pod/{name} {(request.SkipsBudgets ? "deleted" : "evicted")}{request.DryRun.Suffix}");
    }

    // Asks until the budget allows it; a pod that is gone needs no more asking.
    private async Task SendAsync(JsonObject pod, string space, string name, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/namespaces/{space}/pods/{Uri.EscapeDataString(name)}";
        while (true)
        {
            try
            {
                await (request.SkipsBudgets
                    ? api.SendAsync(HttpMethod.Delete, path + request.DryRun.Query, ApiBody.Of(Options(pod)), cancellationToken)
                    : api.SendAsync(
                        HttpMethod.Post,
                        $"{path}/eviction{request.DryRun.Query}",
                        ApiBody.Of(Eviction(pod, space, name)),
                        cancellationToken));
                return;
            }
            catch (RefusedException gone) when (gone.Code == 404)
            {
                return;
            }
            catch (RefusedException later) when (later.Code == 429)
            {
                await terminal.Error.WriteLineAsync($"error when evicting pods/\"{name}\" -n \"{space}\" "
                    + $"(will retry after {RetryAfter.TotalSeconds:0}s): {Reason(later)}");
                await Task.Delay(RetryAfter, terminal.Time, cancellationToken);
            }
        }
    }

    private async Task UntilGoneAsync(JsonObject pod, string space, string name, CancellationToken cancellationToken)
    {
        var uid = pod.Map("metadata").Text("uid");
        try
        {
            await foreach (var now in ObjectWatch.FollowAsync(api, Pods, space, name, cancellationToken))
            {
                if (now.Map("metadata").Text("uid") != uid)
                {
                    return; // Another one has its name: a stateful set's next pod.
                }
            }
        }
        catch (RefusedException gone) when (gone.Code == 404)
        {
            // It went before anybody looked.
        }
    }

    private static ResourceKind Pods { get; } = new()
    {
        Gvr = MiniKube.Api.Gvr.Core("v1", "pods"),
        Kind = "Pod",
        Singular = "pod",
        Namespaced = true,
    };

    private JsonObject Eviction(JsonObject pod, string space, string name) => new()
    {
        ["apiVersion"] = "policy/v1",
        ["kind"] = "Eviction",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
        ["deleteOptions"] = Options(pod),
    };

    // That very pod, and not one that takes its name meanwhile.
    private JsonObject Options(JsonObject pod)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["preconditions"] = new JsonObject { ["uid"] = pod.Map("metadata").Text("uid") },
        };
        if (request.GraceSeconds is { } grace and >= 0)
        {
            options["gracePeriodSeconds"] = grace;
        }

        return options;
    }

    // "Error from server (TooManyRequests): Cannot evict ...": the reason alone.
    private static string Reason(RefusedException refused)
        => refused.Message.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var at ? refused.Message[(at + 2)..] : refused.Message;
}
