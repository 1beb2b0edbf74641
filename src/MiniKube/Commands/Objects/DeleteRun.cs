using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>One run of <c>delete</c>: finds what is meant, asks for its deletion, waits until it is gone.</summary>
internal sealed class DeleteRun(ApiConnection api, Terminal terminal, DeleteRequest request)
{
    private readonly List<Deletion> _asked = [];
    private int _failures;

    public async Task<int> RunAsync(
        IReadOnlyList<Manifest> manifests, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
        if (manifests.Count > 0)
        {
            // The other way round than applied: what depends on something goes before it.
            foreach (var (manifest, kind) in new Applier(api, kinds).Resolve(manifests).Reverse())
            {
                await DeleteAsync(new Target(kind, manifest.Namespace ?? api.Namespace, manifest.Name), cancellationToken);
            }
        }
        else
        {
            foreach (var target in await TargetsAsync(ResourceArguments.Parse(words, kinds), cancellationToken))
            {
                await DeleteAsync(target, cancellationToken);
            }
        }

        foreach (var deletion in request.Wait && !request.Force ? _asked : [])
        {
            await WaitAsync(deletion, cancellationToken);
        }

        return _failures == 0 ? 0 : CommandException.Failed;
    }

    private async Task<IReadOnlyList<Target>> TargetsAsync(
        IReadOnlyList<ResourceSelection> selections, CancellationToken cancellationToken)
    {
        var targets = new List<Target>();
        foreach (var selection in selections)
        {
            if (!selection.IsByName && request.Labels is null && !request.All)
            {
                throw CommandException.Usage("error: resource(s) were provided, but no name was specified; name one, or use -l or --all");
            }

            var names = selection.IsByName ? selection.Names : await NamesOfAsync(selection.Kind, cancellationToken);
            targets.AddRange(names.Select(name => new Target(selection.Kind, api.Namespace, name)));
        }

        if (targets.Count == 0)
        {
            await terminal.Output.WriteLineAsync("No resources found");
        }

        return targets;
    }

    private async Task<IReadOnlyList<string>> NamesOfAsync(ResourceKind kind, CancellationToken cancellationToken)
    {
        var query = QueryText.Of(("labelSelector", request.Labels));
        var list = await api.GetAsync(kind.PathOf(api.Namespace) + query, cancellationToken);
        return [.. list["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.ToString())];
    }

    private async Task DeleteAsync(Target target, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await api.SendAsync(HttpMethod.Delete, target.Path, ApiBody.Of(Options()), cancellationToken);
            _asked.Add(new Deletion(target, UidOf(answer)));
            await terminal.Output.WriteLineAsync(
                $"{target.Kind.Singular}{Suffix(target)} \"{target.Name}\" {(request.Force ? "force deleted" : "deleted")}");
        }
        catch (RefusedException refused) when (refused.Code == 404 && request.IgnoreNotFound)
        {
            return;
        }
        catch (RefusedException refused)
        {
            _failures++;
            await terminal.Error.WriteLineAsync(refused.Message);
        }
    }

    private static string Suffix(Target target) => target.Kind.Gvr.Group.Length == 0 ? "" : $".{target.Kind.Gvr.Group}";

    private JsonObject Options()
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(request.Cascade),
        };
        if (request.GraceSeconds is { } seconds and >= 0)
        {
            options["gracePeriodSeconds"] = seconds;
        }

        return options;
    }

    // A deletion that is finished answers with a Status, whose details carry the uid; one under way with the object.
    private static string? UidOf(JsonObject answer)
        => (answer["kind"]?.ToString() == "Status" ? answer["details"]?["uid"] : answer["metadata"]?["uid"])?.ToString();

    private async Task WaitAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        while (await VersionOfAsync(deletion, cancellationToken) is { } version)
        {
            var query = QueryText.Of(
                ("watch", "1"), ("resourceVersion", version), ("fieldSelector", $"metadata.name={deletion.Target.Name}"));
            var path = deletion.Target.Kind.PathOf(deletion.Target.Namespace) + query;
            await foreach (var change in api.StreamAsync(path, ApiConnection.Json, cancellationToken))
            {
                if (change["type"]?.ToString() is "DELETED" or "ERROR")
                {
                    break;
                }
            }
        }
    }

    private async Task<string?> VersionOfAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        try
        {
            var item = await api.GetAsync(deletion.Target.Path, cancellationToken);
            var sameObject = deletion.Uid is null || item["metadata"]?["uid"]?.ToString() == deletion.Uid;
            return sameObject ? item["metadata"]?["resourceVersion"]?.ToString() : null;
        }
        catch (RefusedException refused) when (refused.Code == 404)
        {
            return null;
        }
    }

    private sealed record Target(ResourceKind Kind, string Namespace, string Name)
    {
        public string Path => Kind.PathOf(Namespace, Name);
    }

    private sealed record Deletion(Target Target, string? Uid);
}
