using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube apply -f</c>: makes the cluster hold what the files say.</summary>
internal static class ApplyCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Option<string[]>("--filename", "-f")
        {
            Description = "file, directory, URL, or - for standard input",
            HelpName = "FILE",
            Required = true,
        };
        var recursive = new Option<bool>("--recursive", "-R") { Description = "files of subdirectories too" };
        var cluster = new ClusterOptions();
        var command = new Command("apply", "Creates or changes objects so that they are as the files say.") { files, recursive };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var sources = parsed.GetValue(files) ?? [];
            var manifests = await new ManifestSource(terminal).ReadAsync(sources, parsed.GetValue(recursive), cancellationToken);
            using var api = cluster.Connect(parsed, terminal);
            NamespaceRule.Check(manifests, cluster.NamesNamespace(parsed) ? api.Namespace : null);
            return await RunAsync(api, manifests, terminal, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ApiConnection api, IReadOnlyList<Manifest> manifests, Terminal terminal, CancellationToken cancellationToken)
    {
        var applier = new Applier(api, await ResourceKinds.DiscoverAsync(api, cancellationToken));
        var failures = 0;
        foreach (var (manifest, kind) in applier.Resolve(manifests))
        {
            try
            {
                var applied = await applier.ApplyAsync(manifest, kind, cancellationToken);
                await terminal.Output.WriteLineAsync($"{applied.Title} {applied.Outcome.ToString().ToLowerInvariant()}");
            }
            catch (RefusedException refused)
            {
                failures++;
                await terminal.Error.WriteLineAsync(manifest.At(refused.Message));
            }
        }

        return failures == 0 ? 0 : CommandException.Failed;
    }
}

/// <summary>A namespace on the command line and another one in a manifest contradict each other.</summary>
internal static class NamespaceRule
{
    /// <exception cref="CommandException">They do.</exception>
    public static void Check(IEnumerable<Manifest> manifests, string? named)
    {
        var other = manifests.FirstOrDefault(manifest => named is not null && manifest.Namespace is { } own && own != named);
        if (other is not null)
        {
            throw new CommandException(other.At(
                $"the object is in namespace \"{other.Namespace}\", the command line says \"{named}\"; drop --namespace"));
        }
    }
}
