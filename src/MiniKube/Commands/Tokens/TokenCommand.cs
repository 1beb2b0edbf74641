using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube token</c>: what machines join with.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromHours(24);

    public static Command Create(Terminal terminal) => new("token", "Makes, lists and deletes tokens that machines join with.")
    {
        Make(terminal),
        List(terminal),
        Delete(terminal),
    };

    private static Command Make(Terminal terminal)
    {
        var cluster = new ClusterOptions();
        var life = new Option<string?>("--ttl")
        {
            Description = "how long the token is good, such as 30m or 24h (24h); 0 for ever",
            HelpName = "DURATION",
        };
        var description = new Option<string?>("--description") { Description = "what the token is for", HelpName = "TEXT" };
        var command = new Command("create", "Makes a join token and prints it, ready for 'minikube agent --token'.") { life, description };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = parsed.GetValue(life);
            using var api = cluster.Connect(parsed, terminal);
            await new TokenRun(api, terminal).CreateAsync(LifeOf(asked), parsed.GetValue(description) ?? "", cancellationToken);
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var cluster = new ClusterOptions();
        var command = new Command("list", "Lists the join tokens, without their secrets.");
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            await new TokenRun(api, terminal).ListAsync(cancellationToken);
        });
        return command;
    }

    private static Command Delete(Terminal terminal)
    {
        var cluster = new ClusterOptions();
        var tokens = new Argument<string[]>("TOKEN")
        {
            Description = "ids as 'minikube token list' shows them, or whole tokens",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("delete", "Deletes join tokens; machines that joined with them stay.") { tokens };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = cluster.Connect(parsed, terminal);
            await new TokenRun(api, terminal).DeleteAsync(parsed.GetRequiredValue(tokens), cancellationToken);
        });
        return command;
    }

    private static TimeSpan? LifeOf(string? asked)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return DefaultLife;
        }

        if (!Duration.TryParse(asked, out var life) || life < TimeSpan.Zero)
        {
            throw CommandException.Usage($"--ttl {asked} is no duration: give one such as 30m or 24h, or 0 for ever");
        }

        return life == TimeSpan.Zero ? null : life;
    }
}
