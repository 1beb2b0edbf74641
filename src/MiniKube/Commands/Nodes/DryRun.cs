using System.CommandLine;

namespace MiniKube;

/// <summary>kubectl's <c>--dry-run</c>: nothing is sent, or the server only says what it would do.</summary>
internal sealed class DryRunOption
{
    private const string Client = "client";
    private const string Server = "server";

    public DryRunOption()
    {
        Option = new Option<string>("--dry-run")
        {
            Description = "none, client (send nothing) or server (change nothing)",
            HelpName = "HOW",
            DefaultValueFactory = static _ => "none",
            Arity = ArgumentArity.ExactlyOne,
        };
        Option.AcceptOnlyFromAmong("none", Client, Server);
    }

    public Option<string> Option { get; }

    public DryRun Read(ParseResult parsed) => parsed.GetValue(Option) switch
    {
        Client => new DryRun(Sends: false, Query: "", Suffix: " (dry run)"),
        Server => new DryRun(Sends: true, Query: "?dryRun=All", Suffix: " (server dry run)"),
        _ => new DryRun(Sends: true, Query: "", Suffix: ""),
    };
}

/// <summary>How writes are meant.</summary>
/// <param name="Sends">False when the server is not to be asked.</param>
/// <param name="Query">Goes behind the path of every write.</param>
/// <param name="Suffix">Goes behind every line that says what was done.</param>
internal sealed record DryRun(bool Sends, string Query, string Suffix)
{
    /// <summary>True when what is said is done.</summary>
    public bool IsReal => Suffix.Length == 0;
}
