using System.CommandLine;
using System.CommandLine.Parsing;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>Parses and runs one command line: exit code 0 done, 1 failed, 2 wrong usage.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var parsed = CommandTree.Create(terminal).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return await ReportUsageAsync(parsed, terminal);
        }

        using var interruption = new Interruption();
        try
        {
            return await parsed.InvokeAsync(Configuration(terminal), interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception failure)
        {
            var known = ExitCodeOf(failure);
            await terminal.Error.WriteLineAsync(known is null ? $"This is a bug in minikube: {failure}" : failure.Message);
            return known ?? CommandException.Failed;
        }
    }

    // Commands end themselves when their token is cancelled; the library must not end the process under them.
    private static InvocationConfiguration Configuration(Terminal terminal) => new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
        Output = terminal.Output,
        Error = terminal.Error,
    };

    private static async Task<int> ReportUsageAsync(ParseResult parsed, Terminal terminal)
    {
        foreach (ParseError error in parsed.Errors)
        {
            await terminal.Error.WriteLineAsync(error.Message);
        }

        var path = string.Join(' ', CommandTree.PathOf(parsed.CommandResult));
        await terminal.Error.WriteLineAsync($"See '{path} --help'.");
        return CommandException.WrongUsage;
    }

    private static int? ExitCodeOf(Exception failure) => failure switch
    {
        CommandException command => command.ExitCode,
        RefusedException or ApiException or RuntimeException => CommandException.Failed,
        IOException or UnauthorizedAccessException or HttpRequestException => CommandException.Failed,
        _ => null,
    };
}
