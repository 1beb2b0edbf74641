using System.Diagnostics;
using System.Text;
using NUnit.Framework;

namespace MiniKube.Testing;

/// <summary>What a program that ended printed, and its exit code.</summary>
public sealed record ProgramRun(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program to its end; when cancelled, kills it.</summary>
    public static async Task<ProgramRun> OfAsync(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        using var process = Start(file, arguments, environment);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramRun($"{file} {string.Join(' ', arguments)}", process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Starts a program whose streams the caller reads.</summary>
    public static Process Start(string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>The output of a program that must have succeeded.</summary>
    public string Success()
    {
        Assert.That(ExitCode, Is.Zero, $"{Command}\n{Output}\n{Error}");
        return Output;
    }
}
