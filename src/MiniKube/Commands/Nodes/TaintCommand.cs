using System.CommandLine;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary><c>minikube taint</c>: keeps pods off nodes that do not tolerate it.</summary>
internal static class TaintCommand
{
    // Each lost attempt means that somebody else changed the node in between.
    private const int AttemptsMax = 10;

    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("node NAME KEY=VALUE:EFFECT")
        {
            Description = "node NAME..., then taints to put on it; KEY:EFFECT- and KEY- take one off",
            Arity = ArgumentArity.OneOrMore,
        };
        var labels = new Option<string?>("--selector", "-l") { Description = "nodes of a label selector", HelpName = "SELECTOR" };
        var all = new Option<bool>("--all") { Description = "every node" };
        var overwrite = new Option<bool>("--overwrite") { Description = "replace taints of the same key and effect" };
        var (dryRun, cluster) = (new DryRunOption(), new ClusterOptions());
        var command = new Command("taint", "Puts taints on nodes, and takes them off.") { words, labels, all, overwrite, dryRun.Option };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (names, changes) = Split(parsed.GetValue(words) ?? []);
            using var api = cluster.Connect(parsed, terminal);
            var nodes = await NodeChoice.FindAsync(api, names, parsed.GetValue(labels), parsed.GetValue(all), cancellationToken);
            foreach (var node in nodes)
            {
                var how = dryRun.Read(parsed);
                await ChangeAsync(api, node, changes, parsed.GetValue(overwrite), how, cancellationToken);
                await terminal.Output.WriteLineAsync($"node/{NodeChoice.NameOf(node)} {WordFor(changes)}{how.Suffix}");
            }
        });
        return command;
    }

    private static (IReadOnlyList<string> Names, IReadOnlyList<TaintChange> Changes) Split(IReadOnlyList<string> words)
    {
        if (words[0] is not ("node" or "nodes" or "no"))
        {
            throw CommandException.Usage($"error: only nodes can be tainted: say 'taint node NAME ...', not 'taint {words[0]}'");
        }

        var names = words.Skip(1).TakeWhile(static word => word.AsSpan().IndexOfAny('=', ':') < 0 && !word.EndsWith('-')).ToList();
        var changes = words.Skip(1 + names.Count).Select(TaintChange.Parse).ToList();
        return changes.Count > 0 ? (names, changes) : throw CommandException.Usage("error: at least one taint update is required");
    }

    private static async Task ChangeAsync(
        ApiConnection api,
        JsonObject seen,
        IReadOnlyList<TaintChange> changes,
        bool overwrite,
        DryRun dryRun,
        CancellationToken cancellationToken)
    {
        var (node, path) = (seen, NodeChoice.PathOf(NodeChoice.NameOf(seen)));
        for (var attempt = 1; ; attempt++)
        {
            var taints = TaintChange.Apply(NodeChoice.NameOf(node), [.. node.Map("spec").Items("taints")], changes, overwrite);
            if (!dryRun.Sends)
            {
                return;
            }

            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = node.Map("metadata").Text("resourceVersion") },
                ["spec"] = new JsonObject { ["taints"] = taints },
            };
            try
            {
                var body = new ApiBody(patch.ToJsonString(), "application/merge-patch+json");
                await api.SendAsync(HttpMethod.Patch, path + dryRun.Query, body, cancellationToken);
                return;
            }
            catch (RefusedException conflict) when (conflict.Code == 409 && attempt < AttemptsMax)
            {
                node = await api.GetAsync(path, cancellationToken);
            }
        }
    }

    private static string WordFor(IReadOnlyList<TaintChange> changes)
        => changes.All(static one => one.Removes) ? "untainted" : changes.Any(static one => one.Removes) ? "modified" : "tainted";
}
