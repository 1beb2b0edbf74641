using System.CommandLine;
using System.Globalization;

namespace MiniKube;

/// <summary><c>minikube image</c>: the images of this machine's node.</summary>
internal static class ImageCommand
{
    public static Command Create(Terminal terminal) => new("image", "Shows and loads the images of this machine's node.")
    {
        Load(terminal),
        List(terminal),
    };

    private static Command Load(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var file = new Argument<string>("FILE") { Description = "an archive of 'docker save' or an OCI layout, also compressed" };
        var command = new Command("load", "Loads an archive of images.") { file, data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            if (!File.Exists(path))
            {
                throw new CommandException($"{path} does not exist");
            }

            await using var archive = File.OpenRead(path);
            foreach (var name in await AskAsync(data.Read(parsed, terminal), "load", archive, cancellationToken))
            {
                await terminal.Output.WriteLineAsync($"Loaded {name}");
            }
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var command = new Command("list", "Lists the images.") { data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var lines = await AskAsync(data.Read(parsed, terminal), "images", archive: null, cancellationToken);
            var table = new TableWriter(terminal.Output);
            table.Add(["IMAGE", "ID", "SIZE"]);
            foreach (var (id, bytes, names) in lines.Select(ImageLine.Parse))
            {
                foreach (var name in names.DefaultIfEmpty("<none>"))
                {
                    table.Add([name, ShortId(id), Megabytes(bytes)]);
                }
            }

            await table.FlushAsync();
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> AskAsync(
        string root, string request, Stream? archive, CancellationToken cancellationToken)
        => await ControlClient.AskAsync(root, request, archive, cancellationToken)
            ?? throw new CommandException(
                $"no server runs in {root}; start one with 'minikube up' or 'minikube server', or name its directory with --data-dir");

    private static string ShortId(string id)
    {
        const int shown = 12;
        var digest = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return digest.Length > shown ? digest[..shown] : digest;
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}MB");
}
