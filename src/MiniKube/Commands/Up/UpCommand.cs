using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube up</c>: the laptop's one command.</summary>
internal static class UpCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "files, directories or URLs of manifests to apply",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var flags = new ServerFlags();
        var command = new Command("up", "Runs a cluster in the foreground, applies files, and shows where they answer.") { files };
        flags.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = flags.Read(parsed, terminal);
            var sources = parsed.GetValue(files) ?? [];
            var manifests = sources.Length > 0
                ? await new ManifestSource(terminal).ReadAsync(sources, recursive: false, cancellationToken)
                : [];
            await new UpRun(settings, terminal).RunAsync(manifests, cancellationToken);
        });
        return command;
    }
}
