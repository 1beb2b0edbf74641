using System.Globalization;

namespace MiniKube.Testbox;

/// <summary>What the kernel says about processes; reads /proc.</summary>
internal static class ProcessApplets
{
    private static readonly string[] IdentityLines =
        ["Uid", "Gid", "Groups", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp"];

    public static int List(string[] args)
    {
        Output.Line("  PID COMMAND");
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                Output.Line($"{pid,5} {CommandOf(directory)}");
            }
        }

        return 0;
    }

    public static int Kill(string[] args)
    {
        var signal = 15;
        if (args.Length == 2 && args[0].StartsWith('-'))
        {
            signal = Flags.ParseNumber(args[0][1..], "the signal");
            args = args[1..];
        }

        if (args.Length != 1)
        {
            throw new UsageException("needs one PID");
        }

        return Libc.Kill(Flags.ParseNumber(args[0], "the PID"), signal) == 0 ? 0 : 1;
    }

    public static int Identity(string[] args)
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (Array.Exists(IdentityLines, name => line.StartsWith(name + ":", StringComparison.Ordinal)))
            {
                Output.Line(line.Replace('\t', ' '));
            }
        }

        return 0;
    }

    public static int Terminal(string[] args)
    {
        var size = Libc.TerminalSize(0);
        Output.Line(size is var (columns, rows) ? $"{columns}x{rows}" : "not a tty");
        return size is null ? 1 : 0;
    }

    private static string CommandOf(string directory)
    {
        try
        {
            var command = File.ReadAllText($"{directory}/cmdline").TrimEnd('\0').Replace('\0', ' ');
            return command.Length > 0 ? command : $"[{File.ReadAllText($"{directory}/comm").Trim()}]";
        }
        catch (IOException)
        {
            return "(ended)"; // Between listing and reading.
        }
    }
}
