using System.Diagnostics;

namespace MiniKube.Networking;

/// <summary>How a command ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>A program of this machine that may not be there: <c>nft</c>, <c>iptables</c>.</summary>
internal sealed class HostCommand
{
    // Where administration tools are, also when PATH is that of an ordinary user.
    private static readonly string[] Directories =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        "/usr/sbin", "/sbin", "/usr/local/sbin",
    ];

    private readonly string _path;

    private readonly MachineNamespace _machine;

    private HostCommand(string path, MachineNamespace machine)
    {
        _path = path;
        _machine = machine;
    }

    /// <summary>The program, or null when this machine does not have it.</summary>
    public static HostCommand? Find(string name) => Find(name, new MachineNamespace(path: null));

    /// <summary>As the other overload; it runs in the network namespace of that machine.</summary>
    public static HostCommand? Find(string name, MachineNamespace machine)
    {
        var path = Directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        return path is null ? null : new HostCommand(path, machine);
    }

    /// <summary>Runs it to its end with the text as its input.</summary>
    public async Task<CommandResult> RunAsync(
        IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = _machine.Run(() => Process.Start(start)) ?? throw new InvalidOperationException($"cannot start {_path}");
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new CommandResult(process.ExitCode, await output, (await errors).Trim());
    }
}
