using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>A pod and one of its containers, as <c>logs</c> and <c>exec</c> need them.</summary>
internal sealed record PodChoice(string Name, string Container);

/// <summary>Finds the pod a person means: by name, or the readiest of a workload.</summary>
internal sealed class PodChooser(ApiConnection api, ResourceKinds kinds, Terminal terminal)
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    /// <param name="word"><c>web-1</c>, <c>pod/web-1</c> or <c>deployment/web</c>.</param>
    /// <param name="container">The container asked for; null takes the default one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PodChoice> ChooseAsync(string word, string? container, CancellationToken cancellationToken)
    {
        var pod = await FindAsync(word, cancellationToken);
        var name = pod["metadata"]!["name"]!.ToString();
        return new PodChoice(name, container ?? await ContainerOfAsync(pod));
    }

    private async Task<JsonObject> FindAsync(string word, CancellationToken cancellationToken)
    {
        var pods = kinds.Find("pods");
        var (kind, name) = word.Contains('/', StringComparison.Ordinal)
            ? ResourceArguments.ParseOne([word], kinds)
            : (pods, word);
        var item = await api.GetAsync(kind.PathOf(api.Namespace, name), cancellationToken);
        if (kind == pods)
        {
            return item;
        }

        var selector = SelectorOf(item) ?? throw new CommandException($"error: {kind.Title(name)} has no pods of its own");
        var list = await api.GetAsync(pods.PathOf(api.Namespace) + QueryText.Of(("labelSelector", selector)), cancellationToken);
        // A pod on its way out may still be ready, but not for long.
        JsonObject[] found =
        [
            .. list["items"]!.AsArray().Select(static pod => pod!.AsObject()).OrderBy(IsLeaving).ThenByDescending(IsReady),
        ];
        if (found.Length == 0)
        {
            throw new CommandException($"error: {kind.Title(name)} has no pods");
        }

        if (found.Length > 1)
        {
            await terminal.Error.WriteLineAsync($"Found {found.Length} pods, using pod/{found[0]["metadata"]!["name"]}");
        }

        return found[0];
    }

    private async Task<string> ContainerOfAsync(JsonObject pod)
    {
        string[] names = [.. pod["spec"]!["containers"]!.AsArray().Select(static one => one!["name"]!.ToString())];
        if (pod["metadata"]?["annotations"]?[DefaultContainer]?.ToString() is { } chosen && names.Contains(chosen))
        {
            return chosen;
        }

        if (names.Length > 1)
        {
            await terminal.Error.WriteLineAsync($"Defaulted container \"{names[0]}\" out of: {string.Join(", ", names)}");
        }

        return names[0];
    }

    private static string? SelectorOf(JsonObject item)
    {
        var selector = item["spec"]?["selector"] as JsonObject;
        var labels = selector?["matchLabels"] as JsonObject ?? selector;
        return labels is { Count: > 0 } ? Labels.ToText(labels) : null;
    }

    private static bool IsLeaving(JsonObject pod) => pod["metadata"]?["deletionTimestamp"] is not null;

    private static bool IsReady(JsonObject pod)
        => (pod["status"]?["conditions"] as JsonArray ?? [])
            .Any(static one => one?["type"]?.ToString() == "Ready" && one["status"]?.ToString() == "True");
}
