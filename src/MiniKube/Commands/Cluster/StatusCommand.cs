using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>
/// <c>minikube status</c>: is the instance of a data directory well, server or agent. With a kubeconfig that lies in none of this
/// machine, what the API tells of the cluster.
/// </summary>
internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(Terminal terminal)
    {
        var cluster = new ClusterOptions();
        var form = new Option<string>("--output", "-o") { Description = "text, json or yaml", HelpName = "FORM" };
        form.DefaultValueFactory = static _ => "text";
        form.AcceptOnlyFromAmong("text", "json", "yaml");
        var command = new Command("status", "Shows nodes, components, certificates, the store and snapshots.") { form };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (cluster.FindDataDirectory(parsed, terminal) is { } root)
            {
                return await RunAsync(root, parsed.GetValue(form)!, terminal, cancellationToken);
            }

            using var api = cluster.Connect(parsed, terminal);
            return await new RemoteStatus(api, terminal).RunAsync(cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string root, string form, Terminal terminal, CancellationToken cancellationToken)
    {
        var answer = await ControlClient.AskAsync(root, "status", content: null, cancellationToken)
            ?? throw new CommandException(
                $"nothing runs in {root}; start it with 'minikube server' or 'minikube agent', or name its directory with --data-dir");
        var status = JsonSerializer.Deserialize(answer[0], StatusJson.Default.InstanceStatus)!;
        switch (form)
        {
            case "json":
                await terminal.Output.WriteLineAsync(JsonNode.Parse(answer[0])!.ToJsonString(Indented));
                break;
            case "yaml":
                await terminal.Output.WriteAsync(YamlWriter.Write(JsonNode.Parse(answer[0])));
                break;
            default:
                await new StatusPrinter(terminal.Output, terminal.Time.GetUtcNow()).PrintAsync(status);
                break;
        }

        return status.Ready ? 0 : CommandException.Failed;
    }
}
