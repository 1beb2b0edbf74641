using System.CommandLine;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Which nodes a command is about: names, or a label selector.</summary>
internal sealed class NodeChoice
{
    private readonly Argument<string[]> _names = new("NODE") { Description = "names of nodes", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _labels = new("--selector", "-l") { Description = "nodes of a label selector", HelpName = "SELECTOR" };

    public void AddTo(Command command)
    {
        command.Add(_names);
        command.Add(_labels);
    }

    public async Task<IReadOnlyList<JsonObject>> FindAsync(
        ParseResult parsed, ApiConnection api, CancellationToken cancellationToken)
        => await FindAsync(api, parsed.GetValue(_names) ?? [], parsed.GetValue(_labels), all: false, cancellationToken);

    public static async Task<IReadOnlyList<JsonObject>> FindAsync(
        ApiConnection api, IReadOnlyList<string> names, string? labels, bool all, CancellationToken cancellationToken)
    {
        if (names.Count == 0 && labels is null && !all)
        {
            throw CommandException.Usage("error: name the nodes, or choose them with --selector");
        }

        if (names.Count > 0 && (labels is not null || all))
        {
            throw CommandException.Usage("error: names of nodes and --selector or --all exclude each other");
        }

        if (names.Count == 0)
        {
            var list = await api.GetAsync("/api/v1/nodes" + QueryText.Of(("labelSelector", labels)), cancellationToken);
            return [.. list.Items("items")];
        }

        List<JsonObject> nodes = [];
        foreach (var name in names)
        {
            nodes.Add(await api.GetAsync(PathOf(name), cancellationToken));
        }

        return nodes;
    }

    public static string PathOf(string name) => $"/api/v1/nodes/{Uri.EscapeDataString(name)}";

    public static string NameOf(JsonObject node) => node.Map("metadata").Text("name") ?? "";
}
