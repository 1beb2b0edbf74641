using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube describe</c>: everything about objects, with their events.</summary>
internal static class DescribeCommand
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("TYPE [NAME...]") { Description = "pod web; deployment/web; nodes" };
        var labels = new Option<string?>("--selector", "-l") { Description = "label selector", HelpName = "SELECTOR" };
        var cluster = new ClusterOptions();
        var command = new Command("describe", "Shows everything about objects, with their events.") { words, labels };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            var run = new DescribeRun(api, await ResourceKinds.DiscoverAsync(api, cancellationToken));
            var texts = await run.RunAsync(parsed.GetValue(words) ?? [], parsed.GetValue(labels), cancellationToken);
            await terminal.Output.WriteAsync(string.Join("\n\n", texts));
        });
        return command;
    }
}
