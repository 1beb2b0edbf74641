namespace MiniKube.Testbox;

/// <summary>The ones of a line or two.</summary>
internal static class BasicApplets
{
    public static int Echo(string[] args)
    {
        var newline = args is not ["-n", ..];
        Output.Text(string.Join(' ', newline ? args : args[1..]) + (newline ? "\n" : ""));
        return 0;
    }

    public static int Environment(string[] args)
    {
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            Output.Line($"{variable.Key}={variable.Value}");
        }

        return 0;
    }

    public static int Hostname(string[] args)
    {
        Output.Line(File.ReadAllText("/proc/sys/kernel/hostname").Trim());
        return 0;
    }

    public static int WorkingDirectory(string[] args)
    {
        Output.Line(System.Environment.CurrentDirectory);
        return 0;
    }

    public static int Exit(string[] args)
        => args is [var code] ? Flags.ParseNumber(code, "the code") & 255 : throw new UsageException("needs a code");
}
