using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary><c>minikube logs</c>: what a container wrote.</summary>
internal static class LogsCommand
{
    public static Command Create(Terminal terminal)
    {
        var word = new Argument<string?>("POD") { Description = "web-1, or deployment/web", Arity = ArgumentArity.ZeroOrOne };
        var container = new Option<string?>("--container", "-c") { Description = "which container", HelpName = "NAME" };
        var follow = new Option<bool>("--follow", "-f") { Description = "go on as it writes" };
        var previous = new Option<bool>("--previous", "-p") { Description = "the instance before this one" };
        var tail = new Option<long?>("--tail") { Description = "only the last lines", HelpName = "N" };
        var since = new Option<string?>("--since") { Description = "only newer than 5s, 2m, 3h", HelpName = "TIME" };
        var sinceTime = new Option<string?>("--since-time") { Description = "only after an RFC 3339 time", HelpName = "TIME" };
        var timestamps = new Option<bool>("--timestamps") { Description = "a time before each line" };
        var limit = new Option<long?>("--limit-bytes") { Description = "stop after so many bytes", HelpName = "N" };
        var labels = new Option<string?>("--selector", "-l") { Description = "all pods of a label selector", HelpName = "SELECTOR" };
        var cluster = new ClusterOptions();
        var command = new Command("logs", "Prints the log of a container.")
        {
            word, container, follow, previous, tail, since, sinceTime, timestamps, limit, labels,
        };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new LogsQuery
            {
                Follow = parsed.GetValue(follow),
                Previous = parsed.GetValue(previous),
                TailLines = parsed.GetValue(tail) is >= 0 and var lines ? lines : null,
                SinceSeconds = parsed.GetValue(since) is { } age ? SecondsOf(age) : null,
                SinceTime = parsed.GetValue(sinceTime),
                Timestamps = parsed.GetValue(timestamps),
                LimitBytes = parsed.GetValue(limit),
            };
            using var api = cluster.Connect(parsed, terminal);
            var run = new LogsRun(api, terminal, query);
            await run.RunAsync(parsed.GetValue(word), parsed.GetValue(labels), parsed.GetValue(container), cancellationToken);
        });
        return command;
    }

    private static long SecondsOf(string age)
        => Duration.TryParse(age, out var duration)
            ? (long)Math.Ceiling(duration.TotalSeconds)
            : throw CommandException.Usage($"--since: '{age}' is not a duration like 5s, 2m or 3h");
}

/// <summary>Which part of the log.</summary>
internal sealed record LogsQuery
{
    public bool Follow { get; init; }

    public bool Previous { get; init; }

    public long? TailLines { get; init; }

    public long? SinceSeconds { get; init; }

    public string? SinceTime { get; init; }

    public bool Timestamps { get; init; }

    public long? LimitBytes { get; init; }

    public string ToQuery(string container) => QueryText.Of(
        ("container", container),
        ("follow", Follow ? "true" : null),
        ("previous", Previous ? "true" : null),
        ("tailLines", TailLines?.ToString(CultureInfo.InvariantCulture)),
        ("sinceSeconds", SinceSeconds?.ToString(CultureInfo.InvariantCulture)),
        ("sinceTime", SinceTime),
        ("timestamps", Timestamps ? "true" : null),
        ("limitBytes", LimitBytes?.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>One run of <c>logs</c>.</summary>
internal sealed class LogsRun(ApiConnection api, Terminal terminal, LogsQuery query)
{
    // What kubectl shows of each pod when a selector finds several.
    private const int TailLinesOfMany = 10;

    public async Task RunAsync(string? word, string? labels, string? container, CancellationToken cancellationToken)
    {
        var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
        var chooser = new PodChooser(api, kinds, terminal);
        if (labels is null)
        {
            var only = word ?? throw CommandException.Usage("error: name a pod, or use -l");
            await CopyAsync(await chooser.ChooseAsync(only, container, cancellationToken), query, cancellationToken);
            return;
        }

        var path = kinds.Find("pods").PathOf(api.Namespace) + QueryText.Of(("labelSelector", labels));
        var pods = (await api.GetAsync(path, cancellationToken))["items"] as JsonArray ?? [];
        var many = query with { TailLines = query.TailLines ?? TailLinesOfMany };
        var copies = new List<Task>();
        foreach (var pod in pods)
        {
            var choice = await chooser.ChooseAsync(pod!["metadata"]!["name"]!.ToString(), container, cancellationToken);
            var copy = CopyAsync(choice, many, cancellationToken);
            copies.Add(copy);
            await (many.Follow ? Task.CompletedTask : copy);
        }

        await Task.WhenAll(copies);
    }

    private async Task CopyAsync(PodChoice choice, LogsQuery part, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/namespaces/{api.Namespace}/pods/{choice.Name}/log{part.ToQuery(choice.Container)}";
        using var response = await api.OpenAsync(path, "*/*", cancellationToken);
        using var log = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var buffer = new char[8192];
        while (await log.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await terminal.Output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await terminal.Output.FlushAsync(cancellationToken);
        }
    }
}
