using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube delete</c>: by file, by name, by label.</summary>
internal static class DeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("TYPE [NAME...]") { Description = "pod web; pod/web", Arity = ArgumentArity.ZeroOrMore };
        var files = new Option<string[]>("--filename", "-f") { Description = "delete the objects of these files", HelpName = "FILE" };
        var recursive = new Option<bool>("--recursive", "-R") { Description = "files of subdirectories too" };
        var labels = new Option<string?>("--selector", "-l") { Description = "label selector", HelpName = "SELECTOR" };
        var all = new Option<bool>("--all") { Description = "all objects of the type in the namespace" };
        var wait = new Option<bool>("--wait") { Description = "return when they are gone (true)", DefaultValueFactory = static _ => true };
        var grace = new Option<int?>("--grace-period") { Description = "seconds to end in; -1 is the object's own", HelpName = "SECONDS" };
        var now = new Option<bool>("--now") { Description = "one second to end in" };
        var force = new Option<bool>("--force") { Description = "do not wait for the node; needs --grace-period 0, which is implied" };
        var cascade = new Option<string?>("--cascade") { Description = "background, foreground or orphan", HelpName = "HOW" };
        var ignore = new Option<bool>("--ignore-not-found") { Description = "what is gone already is fine" };
        var cluster = new ClusterOptions();
        var command = new Command("delete", "Deletes objects.")
        {
            words, files, recursive, labels, all, wait, grace, now, force, cascade, ignore,
        };
        cluster.AddTo(command);
        cascade.AcceptOnlyFromAmong("background", "foreground", "orphan");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new DeleteRequest
            {
                Wait = parsed.GetValue(wait),
                GraceSeconds = parsed.GetValue(force) ? 0 : parsed.GetValue(now) ? 1 : parsed.GetValue(grace),
                Force = parsed.GetValue(force),
                Cascade = parsed.GetValue(cascade) ?? "background",
                Labels = parsed.GetValue(labels),
                All = parsed.GetValue(all),
                IgnoreNotFound = parsed.GetValue(ignore) || parsed.GetValue(all) || parsed.GetValue(labels) is not null,
            };
            var manifests = parsed.GetValue(files) is { Length: > 0 } sources
                ? await new ManifestSource(terminal).ReadAsync(sources, parsed.GetValue(recursive), cancellationToken)
                : [];
            using var api = cluster.Connect(parsed, terminal);
            return await new DeleteRun(api, terminal, request).RunAsync(manifests, parsed.GetValue(words) ?? [], cancellationToken);
        });
        return command;
    }
}

/// <summary>How to delete.</summary>
internal sealed record DeleteRequest
{
    public bool Wait { get; init; } = true;

    /// <summary>Null and -1 leave it to the object.</summary>
    public int? GraceSeconds { get; init; }

    public bool Force { get; init; }

    /// <summary><c>background</c>, <c>foreground</c> or <c>orphan</c>.</summary>
    public required string Cascade { get; init; }

    public string? Labels { get; init; }

    public bool All { get; init; }

    public bool IgnoreNotFound { get; init; }
}
