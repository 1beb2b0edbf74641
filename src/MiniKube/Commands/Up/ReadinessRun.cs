using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Follows what <c>up</c> applied until all of it is ready, showing states and warnings as they come.</summary>
internal sealed class ReadinessRun(ApiConnection api, ResourceKinds kinds, IProgressView view)
{
    public async Task RunAsync(IReadOnlyList<AppliedObject> applied, CancellationToken cancellationToken)
    {
        foreach (var one in applied)
        {
            view.Set(one.Title, one.Outcome.ToString().ToLowerInvariant(), done: !Readiness.TakesTime(one.Kind.Kind));
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var warnings = WarnAsync([.. applied.Select(static one => one.Namespace).OfType<string>().Distinct()], done.Token);
        var slow = applied.Where(static one => Readiness.TakesTime(one.Kind.Kind));
        await Task.WhenAll(slow.Select(one => FollowAsync(one, cancellationToken)));
        var services = applied.Where(one => one.Kind.Kind == "Service" && applied.Any(other => Selects(one, other)));
        await Task.WhenAll(services.Select(one => WaitForEndpointAsync(one, cancellationToken)));
        await done.CancelAsync();
        await warnings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Pods that are made before there is a node only collect complaints.</summary>
    public async Task WaitForNodeAsync(ClusterHost host, CancellationToken cancellationToken)
    {
        if (host.NodeName is not { } name)
        {
            view.Set("node", "none on this machine; pods wait for one to join", done: true);
            return;
        }

        var title = $"node/{name} ({host.RuntimeName})";
        await foreach (var node in ObjectWatch.FollowAsync(api, kinds.Find("nodes"), "", name, cancellationToken))
        {
            var readiness = Readiness.Of(node);
            view.Set(title, readiness.State, readiness.Ready);
            if (readiness.Ready)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(AppliedObject one, CancellationToken cancellationToken)
    {
        await foreach (var item in ObjectWatch.FollowAsync(api, one.Kind, one.Namespace ?? "", one.Name, cancellationToken))
        {
            var readiness = Readiness.Of(item);
            view.Set(one.Title, readiness.State, readiness.Ready);
            if (readiness.Ready)
            {
                return;
            }
        }

        throw new CommandException($"{one.Title} was deleted before it was ready");
    }

    // A Service answers once a slice of it has a ready endpoint.
    private async Task WaitForEndpointAsync(AppliedObject service, CancellationToken cancellationToken)
    {
        var path = kinds.Find("endpointslices").PathOf(service.Namespace);
        var selector = $"kubernetes.io/service-name={service.Name}";
        var list = await api.GetAsync(path + QueryText.Of(("labelSelector", selector)), cancellationToken);
        if (list.Items("items").Any(HasReadyEndpoint))
        {
            return;
        }

        var version = list.Map("metadata").Text("resourceVersion");
        var query = QueryText.Of(("labelSelector", selector), ("watch", "1"), ("resourceVersion", version));
        await foreach (var change in api.StreamAsync(path + query, ApiConnection.Json, cancellationToken))
        {
            if (HasReadyEndpoint(change.Map("object")))
            {
                return;
            }
        }
    }

    private async Task WarnAsync(IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        var path = kinds.Find("events").PathOf(null);
        var version = (await api.GetAsync(path + "?limit=1", cancellationToken)).Map("metadata").Text("resourceVersion");
        var query = QueryText.Of(("watch", "1"), ("resourceVersion", version));
        await foreach (var change in api.StreamAsync(path + query, ApiConnection.Json, cancellationToken))
        {
            var said = change.Map("object");
            var about = said.Map("involvedObject");
            var text = $"{about.Text("kind")?.ToLowerInvariant()}/{about.Text("name")}: {said.Text("message")?.Trim()}";
            // A probe that fails while a container starts is no news; one that goes on failing shows as not ready.
            var ours = said.Text("type") == "Warning" && said.Text("reason") != "Unhealthy"
                && namespaces.Contains(said.Map("metadata").Text("namespace") ?? "");
            if (ours && seen.Add(text))
            {
                view.Warn(text);
            }
        }
    }

    // Only of a Service whose pods come from the same files can we tell that it will have any.
    private static bool Selects(AppliedObject service, AppliedObject workload)
    {
        var selector = service.Item.Map("spec").Map("selector");
        var labels = workload.Kind.Kind == "Pod"
            ? workload.Item.Map("metadata").Map("labels")
            : workload.Item.Map("spec").Map("template").Map("metadata").Map("labels");
        return selector.Count > 0 && service.Namespace == workload.Namespace
            && selector.All(pair => JsonNode.DeepEquals(labels[pair.Key], pair.Value));
    }

    private static bool HasReadyEndpoint(JsonObject slice)
        => slice.Items("endpoints").Any(static endpoint => endpoint.Map("conditions").Text("ready") != "false");
}
