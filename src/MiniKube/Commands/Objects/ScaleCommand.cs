using System.CommandLine;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary><c>minikube scale</c>: sets the number of replicas.</summary>
internal static class ScaleCommand
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("TYPE/NAME") { Description = "deployment/web, or deployment web" };
        var replicas = new Option<int>("--replicas") { Description = "how many", HelpName = "N", Required = true };
        replicas.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] }])
            {
                result.AddError("--replicas: must be 0 or more");
            }
        });
        var current = new Option<int?>("--current-replicas") { Description = "only when there are so many now", HelpName = "N" };
        var cluster = new ClusterOptions();
        var command = new Command("scale", "Sets a new size for a Deployment or ReplicaSet.") { words, replicas, current };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
            foreach (var selection in ResourceArguments.Parse(parsed.GetValue(words) ?? [], kinds))
            {
                foreach (var name in selection.Names)
                {
                    var path = selection.Kind.PathOf(api.Namespace, name) + "/scale";
                    await ScaleAsync(api, path, parsed.GetValue(replicas), parsed.GetValue(current), cancellationToken);
                    await terminal.Output.WriteLineAsync($"{selection.Kind.Title(name)} scaled");
                }
            }
        });
        return command;
    }

    private static async Task ScaleAsync(
        ApiConnection api, string path, int replicas, int? expected, CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        if (expected is not null)
        {
            var scale = await api.GetAsync(path, cancellationToken);
            var now = scale["spec"]?["replicas"]?.GetValue<int>() ?? 0;
            if (now != expected)
            {
                throw new CommandException($"error: Expected replicas to be {expected}, was {now}");
            }

            patch["metadata"] = new JsonObject { ["resourceVersion"] = scale["metadata"]?["resourceVersion"]?.DeepClone() };
        }

        var body = new ApiBody(patch.ToJsonString(), "application/merge-patch+json");
        await api.SendAsync(HttpMethod.Patch, path, body, cancellationToken);
    }
}
