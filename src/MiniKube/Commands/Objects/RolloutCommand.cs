using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube rollout</c>: follow, undo, restart, pause the rollout of a Deployment, StatefulSet or DaemonSet.</summary>
internal static class RolloutCommand
{
    private const string Purpose = "Follows and steers the rollout of a Deployment, StatefulSet or DaemonSet.";

    public static Command Create(Terminal terminal) => new("rollout", Purpose)
    {
        Status(terminal),
        History(terminal),
        Undo(terminal),
        Steer(terminal, "restart", "Starts all pods anew, a few at a time.", static run => run.RestartAsync),
        Steer(terminal, "pause", "Lets changes of the template wait.", static run => run.PauseAsync),
        Steer(terminal, "resume", "Rolls out what waited.", static run => run.ResumeAsync),
    };

    private static Command Status(Terminal terminal)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "go on until done (true)", DefaultValueFactory = static _ => true };
        var timeout = new Option<string?>("--timeout") { Description = "give up after 30s, 5m", HelpName = "TIME" };
        var command = new Command("status", "Shows the state of a rollout until it is done.") { watch, timeout };
        return WithTarget(terminal, command, (run, parsed, cancellationToken) =>
        {
            var patience = parsed.GetValue(timeout) switch
            {
                null => Timeout.InfiniteTimeSpan,
                { } text when Duration.TryParse(text, out var given) => given > TimeSpan.Zero ? given : Timeout.InfiniteTimeSpan,
                { } text => throw CommandException.Usage($"--timeout: '{text}' is not a duration like 30s or 5m"),
            };
            return run.StatusAsync(parsed.GetValue(watch), patience, cancellationToken);
        });
    }

    private static Command History(Terminal terminal)
        => WithTarget(terminal, new Command("history", "Lists the revisions."), static (run, _, token) => run.HistoryAsync(token));

    private static Command Undo(Terminal terminal)
    {
        var revision = new Option<long>("--to-revision") { Description = "which one; 0 is the one before", HelpName = "N" };
        return WithTarget(terminal, new Command("undo", "Goes back to an earlier revision.") { revision },
            (run, parsed, token) => run.UndoAsync(parsed.GetValue(revision), token));
    }

    private static Command Steer(
        Terminal terminal, string name, string description, Func<RolloutRun, Func<CancellationToken, Task>> action)
        => WithTarget(terminal, new Command(name, description), (run, _, token) => action(run)(token));

    private static Command WithTarget(
        Terminal terminal, Command command, Func<RolloutRun, ParseResult, CancellationToken, Task> action)
    {
        var words = new Argument<string[]>("TYPE/NAME") { Description = "deployment/web, or deployment web" };
        var cluster = new ClusterOptions();
        command.Add(words);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
            var (kind, name) = ResourceArguments.ParseOne(parsed.GetValue(words) ?? [], kinds);
            if (kind.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet"))
            {
                throw new CommandException(
                    $"error: {kind.Title(name)} has no rollout; only Deployments, StatefulSets and DaemonSets do");
            }

            await action(new RolloutRun(api, kinds, terminal, new RolloutTarget(kind, name)), parsed, cancellationToken);
        });
        return command;
    }
}

/// <summary>The Deployment whose rollout is meant.</summary>
internal sealed record RolloutTarget(ResourceKind Kind, string Name)
{
    public string Title => Kind.Title(Name);
}
