using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>The last steps, inside the container: terminal, rights, and then the program itself.</summary>
internal static class UserProgram
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Does not return unless the program cannot be run.</summary>
    public static int Become(ProcessStart process, bool privileged)
    {
        var identity = UserDatabase.Resolve(process);
        var environment = CompleteEnvironment(process.Environment, identity);
        if (process.Terminal)
        {
            TerminalSetup.Open(identity.User);
        }

        EnterWorkingDirectory(process.WorkingDirectory);
        Kernel.SetFileCreationMask(0b000_010_010);
        Credentials.Apply(process, identity, privileged);
        ParentDeath.KillUs(); // After the credentials: changing them takes it back.
        return Execute(process.Arguments, environment);
    }

    private static int Execute(IReadOnlyList<string> arguments, string[] environment)
    {
        var name = arguments[0];
        var candidates = name.Contains('/') ? [name] : SearchPath(environment).Select(directory => $"{directory}/{name}");
        string?[] argumentList = [.. arguments, null];
        string?[] environmentList = [.. environment, null];
        var error = Errno.NoEntry;
        Kernel.RestoreSignal(Kernel.SignalPipe); // The runtime ignores it, and ignoring is inherited.
        foreach (var candidate in candidates)
        {
            var failure = Kernel.Execute(candidate, argumentList, environmentList);
            error = failure is Errno.NoEntry or Errno.NotDirectory ? error : failure;
        }

        return ChildReport.Fail(FailureKind.CannotRun, Explain(name, error));
    }

    private static string Explain(string name, int error) => error switch
    {
        Errno.NoEntry when name.Contains('/') => $"exec: \"{name}\": stat {name}: no such file or directory",
        Errno.NoEntry => $"exec: \"{name}\": executable file not found in $PATH",
        Errno.Access => $"exec: \"{name}\": permission denied",
        Errno.NotExecutableFormat => $"exec {name}: exec format error",
        _ => new KernelException($"exec {name}", error).Message,
    };

    private static string[] SearchPath(string[] environment)
        => Array.FindLast(environment, static variable => variable.StartsWith("PATH=", StringComparison.Ordinal))![5..]
            .Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static string[] CompleteEnvironment(IReadOnlyList<string> environment, UserIdentity identity)
    {
        var complete = environment.ToList();
        if (!complete.Exists(static variable => variable.StartsWith("PATH=", StringComparison.Ordinal)))
        {
            complete.Add(DefaultPath);
        }

        if (!complete.Exists(static variable => variable.StartsWith("HOME=", StringComparison.Ordinal)))
        {
            complete.Add($"HOME={identity.Home}");
        }

        return [.. complete];
    }

    // Docker makes it too: images name directories that only a mount would bring.
    private static void EnterWorkingDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            var made = "";
            foreach (var part in directory.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                made = $"{made}/{part}";
                Kernel.MakeDirectory(made, 0b111_101_101);
            }
        }

        Kernel.ChangeDirectory(directory);
    }
}
