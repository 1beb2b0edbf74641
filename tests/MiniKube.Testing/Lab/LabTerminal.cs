using System.Globalization;

namespace MiniKube.Testing;

/// <summary>
/// A place to type commands on a machine as its owner does: the machine has a host name and a <c>/var/lib</c> of its own, no engine, and
/// <c>minikube</c> on the path. What is typed first stays: a program in the foreground runs on, and exported variables are kept.
/// </summary>
public sealed class LabTerminal : IAsyncDisposable
{
    private readonly ForegroundProgram _holder;
    private readonly List<ForegroundProgram> _foreground = [];
    private readonly List<string> _exports = ["unset DOCKER_HOST"];

    private LabTerminal(ForegroundProgram holder) => _holder = holder;

    /// <summary>Opens a terminal; disposing ends what still runs in its foreground.</summary>
    public static async Task<LabTerminal> OpenAsync(LabMachine machine, CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory($"{machine.DataDirectory}-var-lib").FullName;
        string[] setup =
        [
            "mount --make-rprivate /", $"mount --bind '{files}' /var/lib", "mount -t tmpfs none /run", $"hostname {machine.Name}",
            "echo open", "exec sleep infinity",
        ];
        var holder = machine.Start("unshare", ["--mount", "--uts", "sh", "-c", string.Join(" && ", setup)]);
        await holder.PrintsAsync("open", cancellationToken);
        return new LabTerminal(holder);
    }

    /// <summary>Types a command that ends by itself; returns what it printed. It must succeed.</summary>
    public async Task<string> TypeAsync(string line, CancellationToken cancellationToken)
    {
        if (line.StartsWith("export ", StringComparison.Ordinal))
        {
            _exports.Add(line);
        }

        return (await ProgramRun.OfAsync("nsenter", Shell(line), Environment, cancellationToken)).Success();
    }

    /// <summary>Types a command that stays in the foreground.</summary>
    public ForegroundProgram Start(string line)
    {
        var program = new ForegroundProgram("nsenter", Shell($"exec {line}"), Environment);
        _foreground.Add(program);
        return program;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await ProgramRun.OfAsync("nsenter", Shell("minikube uninstall"), Environment, patience.Token);
        foreach (var program in _foreground)
        {
            await program.DisposeAsync();
        }

        await _holder.DisposeAsync();
    }

    private static Dictionary<string, string> Environment => new()
    {
        ["PATH"] = $"{Path.GetDirectoryName(MiniKubeInstance.Binary)}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["HOME"] = "/var/lib",
    };

    private string[] Shell(string line)
    {
        var pid = _holder.Id.ToString(CultureInfo.InvariantCulture);
        return ["--target", pid, "--net", "--mount", "--uts", "--", "sh", "-c", string.Join('\n', [.. _exports, line])];
    }
}
