using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace MiniKube;

/// <summary><c>minikube snapshot</c>: the cluster's objects, settings and keys in one file, and back.</summary>
internal static class SnapshotCommand
{
    public static Command Create(Terminal terminal) => new("snapshot", "Saves the cluster to a file while it runs, and restores it.")
    {
        Save(terminal),
        List(terminal),
        Restore(terminal),
        Delete(terminal),
        Prune(terminal),
    };

    private static Command Save(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var name = new Option<string?>("--name") { Description = "name of the snapshot (made from the time)", HelpName = "NAME" };
        var directory = FolderOption();
        var keys = new KeyOptions("save the cluster's keys too, encrypted under the first line of this file");
        var compress = new Option<bool>("--compress") { Description = "a smaller file, for more of the processor's time" };
        var command = new Command("save", "Saves the cluster while it runs.") { name, directory, compress, data.Setting.Option };
        keys.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var passphrase = keys.ReadForSave(parsed);
            var named = parsed.GetValue(directory);
            var request = new SnapshotRequest(
                parsed.GetValue(name), named is null ? null : Path.GetFullPath(named), passphrase, parsed.GetValue(compress));
            var taken = await AskAsync(data.Read(parsed, terminal), request, cancellationToken);
            await terminal.Output.WriteLineAsync(
                $"Saved {taken.Path}: revision {taken.Manifest!.Revision}, {taken.Manifest.ObjectCount} objects, "
                + $"{Size(taken.Bytes)}, {(taken.Manifest.HasKeys ? "with" : "without")} the cluster's keys");
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var folder = new FolderChoice(terminal);
        var command = new Command("list", "Lists the snapshots.");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var table = new TableWriter(terminal.Output);
            table.Add(["NAME", "TAKEN", "ORIGIN", "NODE", "REVISION", "OBJECTS", "KEYS", "SIZE"]);
            foreach (var one in (await folder.ReadAsync(parsed, cancellationToken)).List())
            {
                table.Add(one.Manifest is { } about ? RowOf(one, about) : [one.Name, $"unreadable: {one.Damage}"]);
            }

            await table.FlushAsync();
        });
        return command;
    }

    private static Command Restore(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var file = new Argument<string>("FILE") { Description = "the snapshot: a file, or a name in the directory of snapshots" };
        var keys = new KeyOptions("opens the cluster's keys with the first line of this file");
        var force = new Option<bool>("--force") { Description = "move what is in the data directory aside, within it" };
        var command = new Command("restore", "Makes a data directory from a snapshot.") { file, force, data.Setting.Option };
        keys.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = data.Read(parsed, terminal);
            var named = parsed.GetRequiredValue(file);
            var path = File.Exists(named) || named.Contains('/')
                ? Path.GetFullPath(named)
                : new SnapshotFolder(SnapshotFolder.Of(root)).Find(named);
            var restored = new SnapshotRestore(root, terminal.Time).Run(
                path, keys.Read(parsed), keys.ReadWithout(parsed), parsed.GetValue(force), cancellationToken);
            foreach (var line in Describe(restored, root))
            {
                await terminal.Output.WriteLineAsync(line);
            }
        });
        return command;
    }

    private static Command Delete(Terminal terminal)
    {
        var folder = new FolderChoice(terminal);
        var names = new Argument<string[]>("NAME") { Description = "names of snapshots", Arity = ArgumentArity.OneOrMore };
        var command = new Command("delete", "Deletes snapshots.") { names };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var from = await folder.ReadAsync(parsed, cancellationToken);
            string[] paths = [.. parsed.GetRequiredValue(names).Select(from.Find)];
            from.Delete([.. from.List().Where(one => paths.Contains(one.Path))]);
            foreach (var path in paths)
            {
                await terminal.Output.WriteLineAsync($"Deleted {path}");
            }
        });
        return command;
    }

    private static Command Prune(Terminal terminal)
    {
        var folder = new FolderChoice(terminal);
        var keep = new Option<int>("--keep") { Description = "how many of the newest stay", HelpName = "N", Required = true };
        var command = new Command("prune", "Deletes all snapshots but the newest, whoever asked for them.") { keep };
        keep.Validators.Add(static result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--keep is a number of snapshots, 0 or more");
            }
        });
        folder.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var from = await folder.ReadAsync(parsed, cancellationToken);
            var surplus = SnapshotRetention.Prunable(from.List(), parsed.GetValue(keep));
            if (surplus.Count > 0)
            {
                from.Delete(surplus);
            }

            await terminal.Output.WriteLineAsync($"Deleted {surplus.Count} snapshots of {from.Path}");
        });
        return command;
    }

    private static Option<string?> FolderOption()
        => new("--dir") { Description = "directory of the snapshots (that of the server, else DATA/snapshots)", HelpName = "DIR" };

    private static async Task<SnapshotFile> AskAsync(string root, SnapshotRequest request, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(request, SnapshotWire.Default.SnapshotRequest));
        var answer = await ControlClient.AskAsync(root, "snapshot", content, cancellationToken)
            ?? throw new CommandException(
                $"no server runs in {root}; start one, or name its directory with --data-dir "
                + "(the directory of a server that is stopped can be copied as it is)");
        return JsonSerializer.Deserialize(answer[0], SnapshotWire.Default.SnapshotFile)!;
    }

    private static string[] RowOf(SnapshotFile file, SnapshotManifest about) =>
    [
        file.Name,
        about.Taken.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        about.Origin,
        about.Node,
        about.Revision.ToString(CultureInfo.InvariantCulture),
        about.ObjectCount.ToString(CultureInfo.InvariantCulture),
        about.HasKeys ? "yes" : "no",
        Size(file.Bytes),
    ];

    private static IEnumerable<string> Describe(RestoredSnapshot restored, string root)
    {
        yield return $"Restored {restored.Manifest.ObjectCount} objects of {restored.Manifest.Taken:u} into {root}; "
            + $"revisions go on at {restored.At}.";
        if (!restored.HasKeys)
        {
            yield return "The cluster's keys were not in it: a server makes new ones, unless they are in the directory; "
                + "with new ones every node has to join again and every kubeconfig is to be replaced.";
        }

        if (restored.SecretsLost > 0)
        {
            yield return $"{restored.SecretsLost} Secrets were left out: the key they are encrypted with is not here.";
        }

        if (restored.Aside is { } aside)
        {
            yield return $"What was there before is in {aside}.";
        }

        yield return $"Start it with 'minikube server --data-dir {root}'.";
    }

    private static string Size(long bytes) => bytes < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0}kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}MB");

    /// <summary>Which directory <c>list</c>, <c>delete</c> and <c>prune</c> look at.</summary>
    private sealed class FolderChoice(Terminal terminal)
    {
        private readonly Option<string?> _directory = FolderOption();
        private readonly DataDirectoryOption _data = new();

        public void AddTo(Command command)
        {
            command.Add(_directory);
            command.Add(_data.Setting.Option);
        }

        // A running server may keep them elsewhere, by its flags.
        public async Task<SnapshotFolder> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
        {
            if (parsed.GetValue(_directory) is { } named)
            {
                return new SnapshotFolder(Path.GetFullPath(named));
            }

            var root = _data.Read(parsed, terminal);
            var answer = await ControlClient.AskAsync(root, "snapshot-dir", content: null, cancellationToken);
            return new SnapshotFolder(answer is [var path, ..] ? path : SnapshotFolder.Of(root));
        }
    }
}
