using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube drain</c>: empties nodes, with kubectl's flags.</summary>
internal static class DrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var daemons = new Option<bool>("--ignore-daemonsets") { Description = "leave pods of DaemonSets where they are" };
        var data = new Option<bool>("--delete-emptydir-data") { Description = "end pods whose emptyDir volumes are lost with them" };
        var force = new Option<bool>("--force") { Description = "end pods that nobody makes anew" };
        var grace = new Option<int>("--grace-period")
        {
            Description = "seconds pods end in; -1 is their own",
            HelpName = "SECONDS",
            DefaultValueFactory = static _ => -1,
        };
        var timeout = new Option<string?>("--timeout") { Description = "give up after 30s, 5m; 0 never does", HelpName = "TIME" };
        var skips = new Option<bool>("--disable-eviction") { Description = "delete pods without asking their disruption budgets" };
        var labels = new Option<string?>("--pod-selector") { Description = "only pods of a label selector", HelpName = "SELECTOR" };
        var (choice, dryRun, cluster) = (new NodeChoice(), new DryRunOption(), new ClusterOptions());
        var command = new Command("drain", "Cordons nodes and ends their pods, as disruption budgets allow.")
        {
            daemons, data, force, grace, timeout, skips, labels, dryRun.Option,
        };
        choice.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new DrainRequest
            {
                Consent = new DrainConsent(parsed.GetValue(daemons), parsed.GetValue(data), parsed.GetValue(force)),
                DryRun = dryRun.Read(parsed),
                GraceSeconds = parsed.GetValue(grace) is >= 0 and var seconds ? seconds : null,
                SkipsBudgets = parsed.GetValue(skips),
                PodLabels = parsed.GetValue(labels),
                Patience = PatienceOf(parsed.GetValue(timeout)),
            };
            using var api = cluster.Connect(parsed, terminal);
            var nodes = await choice.FindAsync(parsed, api, cancellationToken);
            await new DrainRun(api, terminal, request).RunAsync(nodes, cancellationToken);
        });
        return command;
    }

    private static TimeSpan PatienceOf(string? text)
    {
        if (text is null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        return Duration.TryParse(text, out var given)
            ? given > TimeSpan.Zero ? given : Timeout.InfiniteTimeSpan
            : throw CommandException.Usage($"--timeout: '{text}' is not a duration like 30s or 5m");
    }
}
