using System.Diagnostics;
using System.Globalization;
using System.Text;
using NUnit.Framework;

namespace MiniKube.Testing;

/// <summary>A program that runs until it is told to end. Its output is kept. Disposing ends it, by force if it must.</summary>
public sealed class ForegroundProgram : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly string _command;
    private readonly Process _process;
    private bool _isDisposed;

    /// <summary>Starts it.</summary>
    public ForegroundProgram(string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        _command = $"{Path.GetFileName(file)} {string.Join(' ', arguments)}";
        _process = ProgramRun.Start(file, arguments, environment);
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it printed so far.</summary>
    public string Output => Kept(_output);

    /// <summary>What it complained about so far.</summary>
    public string Error => Kept(_error);

    /// <summary>Fails the test when the program has ended.</summary>
    public void MustRun() => Assert.That(_process.HasExited, Is.False, () => $"{_command} ended\n{Output}\n{Error}");

    /// <summary>Waits until it has printed the text.</summary>
    public Task PrintsAsync(string text, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{_command} prints '{text}'",
            () =>
            {
                MustRun();
                return Task.FromResult(Output + Error);
            },
            seen => seen.Contains(text, StringComparison.Ordinal),
            TimeSpan.FromSeconds(90),
            cancellationToken);

    /// <summary>Sends a signal (<c>TERM</c>, <c>INT</c>, <c>KILL</c>) and waits for the end; returns the exit code.</summary>
    public async Task<int> EndAsync(string signal, CancellationToken cancellationToken)
    {
        string[] arguments = ["-c", $"kill -{signal} {Id.ToString(CultureInfo.InvariantCulture)}"];
        (await ProgramRun.OfAsync("/bin/sh", arguments, new Dictionary<string, string>(), cancellationToken)).Success();
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Keep(StringBuilder kept, string? line)
    {
        if (line is not null)
        {
            lock (kept)
            {
                kept.AppendLine(line);
            }
        }
    }

    private static string Kept(StringBuilder kept)
    {
        lock (kept)
        {
            return kept.ToString();
        }
    }
}
