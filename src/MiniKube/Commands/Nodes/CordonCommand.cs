using System.CommandLine;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary><c>minikube cordon</c> and <c>uncordon</c>: whether a node takes new pods.</summary>
internal static class CordonCommand
{
    public static Command CreateCordon(Terminal terminal) => Create(terminal, "cordon", "Keeps new pods off nodes.", cordoned: true);

    public static Command CreateUncordon(Terminal terminal) => Create(terminal, "uncordon", "Lets nodes take pods again.", cordoned: false);

    /// <summary>Changes one node and says so; one that is so already is said to be.</summary>
    public static async Task SetAsync(
        ApiConnection api, Terminal terminal, JsonObject node, bool cordoned, DryRun dryRun, CancellationToken cancellationToken)
    {
        var name = NodeChoice.NameOf(node);
        var word = cordoned ? "cordoned" : "uncordoned";
        if ((node.Map("spec").Text("unschedulable") == "true") == cordoned)
        {
            await terminal.Output.WriteLineAsync($"node/{name} already {word}{dryRun.Suffix}");
            return;
        }

        if (dryRun.Sends)
        {
            var patch = new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = cordoned ? true : null } };
            var body = new ApiBody(patch.ToJsonString(), "application/merge-patch+json");
            await api.SendAsync(HttpMethod.Patch, NodeChoice.PathOf(name) + dryRun.Query, body, cancellationToken);
        }

        await terminal.Output.WriteLineAsync($"node/{name} {word}{dryRun.Suffix}");
    }

    private static Command Create(Terminal terminal, string name, string description, bool cordoned)
    {
        var (choice, dryRun, cluster) = (new NodeChoice(), new DryRunOption(), new ClusterOptions());
        var command = new Command(name, description) { dryRun.Option };
        choice.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            foreach (var node in await choice.FindAsync(parsed, api, cancellationToken))
            {
                await SetAsync(api, terminal, node, cordoned, dryRun.Read(parsed), cancellationToken);
            }
        });
        return command;
    }
}
