using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>One run of <c>get</c>: asks for each selection, prints, and watches on if asked to.</summary>
internal sealed class GetRun(ApiConnection api, Terminal terminal, GetRequest request)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private int _failures;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
        var selections = ResourceArguments.Parse(request.Words, kinds);
        if (request.Watch && selections.Count > 1)
        {
            throw CommandException.Usage("error: you may only specify a single resource type with --watch");
        }

        await (request.IsTable ? PrintTablesAsync(selections, cancellationToken) : PrintObjectsAsync(selections, cancellationToken));
        return _failures == 0 ? 0 : CommandException.Failed;
    }

    private async Task PrintTablesAsync(IReadOnlyList<ResourceSelection> selections, CancellationToken cancellationToken)
    {
        var printed = 0;
        foreach (var selection in selections)
        {
            var tables = await FetchAsync(selection, ServerTable.Accept, cancellationToken);
            var rows = tables.Sum(static table => (table["rows"] as JsonArray)?.Count ?? 0);
            if (rows == 0 && !request.Watch)
            {
                continue;
            }

            await terminal.Output.WriteAsync(printed++ == 0 ? "" : "\n");
            var table = new ServerTable(terminal.Output, OptionsFor(selection, selections.Count));
            tables.ForEach(table.Add);
            await table.FlushAsync();
            if (request.Watch)
            {
                await WatchAsync(selection, table, tables[^1], cancellationToken);
            }
        }

        if (printed == 0 && _failures == 0)
        {
            await SayNothingFoundAsync(selections);
        }
    }

    private TableOptions OptionsFor(ResourceSelection selection, int kinds) => new()
    {
        Wide = request.Output == "wide",
        WithNamespace = request.AllNamespaces && selection.Kind.Namespaced,
        WithLabels = request.ShowLabels,
        NoHeaders = request.NoHeaders,
        NamePrefix = kinds > 1 ? selection.Kind.Title("") : "",
    };

    private async Task PrintObjectsAsync(IReadOnlyList<ResourceSelection> selections, CancellationToken cancellationToken)
    {
        var items = new List<(ResourceKind Kind, JsonObject Item)>();
        foreach (var selection in selections)
        {
            var answers = await FetchAsync(selection, ApiConnection.Json, cancellationToken);
            items.AddRange(answers.SelectMany(answer => ItemsOf(answer, selection.Kind)).Select(item => (selection.Kind, item)));
        }

        if (request.Output == "name")
        {
            var names = items.Select(static one => one.Kind.Title(one.Item["metadata"]!["name"]!.ToString()) + "\n");
            await terminal.Output.WriteAsync(string.Concat(names));
            return;
        }

        foreach (var (_, item) in items)
        {
            // As long as the object, and nobody reads it: as kubectl does.
            (item["metadata"] as JsonObject)?.Remove("managedFields");
        }

        var single = items.Count == 1 && selections is [{ Names.Count: 1 }];
        JsonNode shown = single ? items[0].Item : ListOf(items.Select(static one => one.Item));
        await terminal.Output.WriteAsync(request.Output == "yaml" ? YamlWriter.Write(shown) : shown.ToJsonString(Indented) + "\n");
    }

    private async Task<List<JsonObject>> FetchAsync(
        ResourceSelection selection, string accept, CancellationToken cancellationToken)
    {
        var @namespace = request.AllNamespaces ? null : api.Namespace;
        if (!selection.IsByName)
        {
            return [await api.GetAsync(selection.Kind.PathOf(@namespace) + Query(selection), accept, cancellationToken)];
        }

        var found = new List<JsonObject>();
        foreach (var name in selection.Names)
        {
            try
            {
                found.Add(await api.GetAsync(selection.Kind.PathOf(api.Namespace, name), accept, cancellationToken));
            }
            catch (RefusedException refused) when (refused.Code == 404)
            {
                _failures++;
                await terminal.Error.WriteLineAsync(refused.Message);
            }
        }

        return found;
    }

    private async Task WatchAsync(
        ResourceSelection selection, ServerTable table, JsonObject last, CancellationToken cancellationToken)
    {
        var version = last["metadata"]?["resourceVersion"]?.ToString();
        var path = selection.Kind.PathOf(request.AllNamespaces ? null : api.Namespace)
            + Query(selection, ("watch", "1"), ("resourceVersion", version));
        await foreach (var change in api.StreamAsync(path, ServerTable.Accept, cancellationToken))
        {
            if (change["type"]?.ToString() == "ERROR")
            {
                throw ServerFailure.Of(change["object"]!.AsObject());
            }

            if (change["object"] is JsonObject item && change["type"]?.ToString() != "BOOKMARK")
            {
                table.Add(item);
                await table.FlushAsync();
            }
        }
    }

    private string Query(ResourceSelection selection, params ReadOnlySpan<(string, string?)> more)
    {
        var fields = selection.IsByName ? $"metadata.name={selection.Names[0]}" : request.Fields;
        return QueryText.Of([("labelSelector", request.Labels), ("fieldSelector", fields), .. more]);
    }

    private static IEnumerable<JsonObject> ItemsOf(JsonObject answer, ResourceKind kind)
    {
        if (answer["items"] is not JsonArray items)
        {
            return [answer];
        }

        return items.Select(item => Complete(item!.AsObject(), kind));
    }

    // Items of a list leave their kind to the list; outside of it each has to say its own.
    private static JsonObject Complete(JsonObject item, ResourceKind kind)
    {
        item["apiVersion"] ??= kind.Gvr.ApiVersion;
        item["kind"] ??= kind.Kind;
        return item;
    }

    private static JsonObject ListOf(IEnumerable<JsonObject> items) => new()
    {
        ["apiVersion"] = "v1",
        ["items"] = new JsonArray([.. items.Select(static item => item.DeepClone())]),
        ["kind"] = "List",
        ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
    };

    private Task SayNothingFoundAsync(IReadOnlyList<ResourceSelection> selections)
    {
        var inNamespace = !request.AllNamespaces && selections.Any(static selection => selection.Kind.Namespaced);
        return terminal.Error.WriteLineAsync(inNamespace ? $"No resources found in {api.Namespace} namespace." : "No resources found");
    }
}
