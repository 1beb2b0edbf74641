using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube get</c>: shows objects.</summary>
internal static class GetCommand
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("TYPE [NAME...]") { Description = "pods; pod web; pods,services; pod/web; all" };
        var output = new Option<string?>("--output", "-o") { Description = "wide, yaml, json or name", HelpName = "FORM" };
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "all namespaces" };
        var labels = new Option<string?>("--selector", "-l") { Description = "label selector", HelpName = "SELECTOR" };
        var fields = new Option<string?>("--field-selector") { Description = "field selector", HelpName = "SELECTOR" };
        var watch = new Option<bool>("--watch", "-w") { Description = "go on and show changes" };
        var noHeaders = new Option<bool>("--no-headers") { Description = "no line of column names" };
        var showLabels = new Option<bool>("--show-labels") { Description = "a column with all labels" };
        var cluster = new ClusterOptions();
        var command = new Command("get", "Shows one or many objects.")
        {
            words, output, everywhere, labels, fields, watch, noHeaders, showLabels,
        };
        cluster.AddTo(command);
        output.AcceptOnlyFromAmong("wide", "yaml", "json", "name");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            var request = new GetRequest
            {
                Words = parsed.GetValue(words) ?? [],
                Output = parsed.GetValue(output) ?? "",
                AllNamespaces = parsed.GetValue(everywhere),
                Labels = parsed.GetValue(labels),
                Fields = parsed.GetValue(fields),
                Watch = parsed.GetValue(watch),
                NoHeaders = parsed.GetValue(noHeaders),
                ShowLabels = parsed.GetValue(showLabels),
            };
            return await new GetRun(api, terminal, request).RunAsync(cancellationToken);
        });
        return command;
    }
}

/// <summary>What to show, and how.</summary>
internal sealed record GetRequest
{
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Empty, <c>wide</c>, <c>yaml</c>, <c>json</c> or <c>name</c>.</summary>
    public string Output { get; init; } = "";

    public bool AllNamespaces { get; init; }

    public string? Labels { get; init; }

    public string? Fields { get; init; }

    public bool Watch { get; init; }

    public bool NoHeaders { get; init; }

    public bool ShowLabels { get; init; }

    public bool IsTable => Output is "" or "wide";
}
