using System.CommandLine;
using MiniKube.Store;

namespace MiniKube;

/// <summary><c>minikube secrets-encrypt</c>: the keys Secrets are encrypted with on the disk.</summary>
internal static class SecretsEncryptCommand
{
    public const string StatusRequest = "secrets-status";
    public const string RotateRequest = "secrets-rotate";
    public const string ReencryptRequest = "secrets-reencrypt";

    public static Command Create(Terminal terminal) => new(
        "secrets-encrypt", "Shows and changes the keys that encrypt Secrets on the disk.")
    {
        Make(terminal, "status", "Lists the keys, and what on the disk each is needed for.", StatusRequest),
        Make(terminal, "rotate", "Makes a new key, encrypts everything with it, and drops keys that nothing needs.", RotateRequest),
        Make(terminal, "reencrypt", "Encrypts everything with the newest key, and drops keys that nothing needs.", ReencryptRequest),
    };

    private static Command Make(Terminal terminal, string name, string about, string request)
    {
        var data = new DataDirectoryOption();
        var command = new Command(name, about) { data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = data.Read(parsed, terminal);
            var lines = await ControlClient.AskAsync(root, request, content: null, cancellationToken)
                ?? await DoStoppedAsync(root, request, terminal.Time, cancellationToken);
            await PrintAsync(lines, terminal.Output);
        });
        return command;
    }

    /// <summary>What the running server answers.</summary>
    public static void AddTo(ControlSocket control, SecretEncryption encryption, SnapshotTaker snapshots)
    {
        control.Add(
            StatusRequest, (_, cancellationToken) => Task.Run(() => encryption.Status(cancellationToken).Lines(), cancellationToken));
        control.Add(RotateRequest, (_, cancellationToken) => snapshots.BetweenAsync(encryption.RotateAsync, cancellationToken));
        control.Add(ReencryptRequest, (_, cancellationToken) => snapshots.BetweenAsync(encryption.ReencryptAsync, cancellationToken));
    }

    // No server runs: the same on its files.
    private static async Task<IReadOnlyList<string>> DoStoppedAsync(
        string root, string request, TimeProvider time, CancellationToken cancellationToken)
    {
        var keys = SecretKeyFile.Find(root) ?? throw new CommandException(
            $"there are no keys of Secrets in {root}: a server makes them when it starts; name its directory with --data-dir");
        var folder = new SnapshotFolder(SnapshotFolder.Of(root));
        if (request == StatusRequest)
        {
            return [.. SecretStatus.Of(root, keys, folder, cancellationToken).Lines()];
        }

        using var data = DataDirectory.Open(root);
        var seal = SecretSeal.Open(root, time);
        try
        {
            var options = new StoreOptions { Directory = data.Store, Seal = seal };
            await using var store = await ResourceStore.OpenAsync(
                options, time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, cancellationToken);
            var encryption = new SecretEncryption(root, store, seal, () => folder, time);
            return [.. await (request == RotateRequest
                ? encryption.RotateAsync(cancellationToken)
                : encryption.ReencryptAsync(cancellationToken))];
        }
        catch (StoreException refused)
        {
            throw new CommandException(refused.Message, cause: refused);
        }
    }

    private static async Task PrintAsync(IEnumerable<string> lines, TextWriter output)
    {
        var table = new TableWriter(output);
        foreach (var line in lines)
        {
            if (line.Contains('\t'))
            {
                table.Add(line.Split('\t'));
                continue;
            }

            await output.WriteLineAsync(line);
        }

        await table.FlushAsync();
    }
}
