using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube exec</c>: runs a command in a container and takes over its exit code.</summary>
internal static class ExecCommand
{
    public static Command Create(Terminal terminal)
    {
        var pod = new Argument<string>("POD") { Description = "web-1, or deployment/web" };
        var words = new Argument<string[]>("COMMAND") { Description = "after --", Arity = ArgumentArity.OneOrMore };
        var container = new Option<string?>("--container", "-c") { Description = "which container", HelpName = "NAME" };
        var input = new Option<bool>("--stdin", "-i") { Description = "pass standard input on" };
        var tty = new Option<bool>("--tty", "-t") { Description = "give it a terminal" };
        var cluster = new ClusterOptions();
        var command = new Command("exec", "Runs a command in a container.") { pod, words, container, input, tty };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
            var chooser = new PodChooser(api, kinds, terminal);
            var choice = await chooser.ChooseAsync(parsed.GetRequiredValue(pod), parsed.GetValue(container), cancellationToken);
            var stdin = parsed.GetValue(input);
            var wantsTerminal = parsed.GetValue(tty);
            if (wantsTerminal && Console.IsInputRedirected)
            {
                await terminal.Error.WriteLineAsync("Unable to use a TTY - input is not a terminal or the right kind of file");
                wantsTerminal = false;
            }

            var run = new ExecRun(api, terminal, stdin, wantsTerminal);
            return await run.RunAsync(choice, parsed.GetValue(words) ?? [], cancellationToken);
        });
        return command;
    }
}
