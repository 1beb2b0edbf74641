using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MiniKube.Testbox;

/// <summary>Starts programs: applets by name, files by path or by PATH.</summary>
internal static unsafe class ProcessLauncher
{
    private const int ActionsBytesMax = 256; // posix_spawn_file_actions_t has 80 in glibc.
    private const int OpenReadOnly = 0;
    private const int OpenWriteTruncated = 1 | 0x40 | 0x200;
    private const int OpenWriteAppended = 1 | 0x40 | 0x400;

    private static readonly string Self = Environment.ProcessPath ?? "/bin/testbox";

    /// <summary>Starts a process and returns its id, or null when there is no such program.</summary>
    public static int? Start(AppletCatalog catalog, string[] arguments, int input, int output, IEnumerable<Redirection> redirections)
    {
        var path = Find(catalog, arguments[0]);
        if (path is null)
        {
            return null;
        }

        var actions = stackalloc byte[ActionsBytesMax];
        Libc.InitActions(actions);
        Redirect(actions, input, 0);
        Redirect(actions, output, 1);
        foreach (var redirection in redirections)
        {
            Redirect(actions, redirection);
        }

        int pid;
        var error = Libc.Spawn(&pid, path, actions, null, [.. arguments, null], EnvironmentStrings());
        Libc.DestroyActions(actions);
        return error == 0 ? pid : throw new IOException($"{arguments[0]}: {new Win32Exception(error).Message}");
    }

    /// <summary>Puts the program in the place of this one; returns only when there is no such program.</summary>
    public static void Replace(AppletCatalog catalog, string[] arguments)
    {
        if (Find(catalog, arguments[0]) is { } path)
        {
            _ = Libc.Execute(path, [.. arguments, null], EnvironmentStrings());
            throw new IOException($"{arguments[0]}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    /// <summary>Waits for the end of a process; 128 + n for signal n.</summary>
    public static int Wait(int pid)
    {
        int status;
        while (Libc.WaitPid(pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4)
            {
                return 127; // Not EINTR: somebody else took the status.
            }
        }

        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }

    private static string? Find(AppletCatalog catalog, string name)
    {
        if (name.Contains('/'))
        {
            return File.Exists(name) ? name : null;
        }

        if (catalog.Find(name) is not null || name == "testbox")
        {
            return Self;
        }

        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "/bin").Split(':');
        return Array.Find(Array.ConvertAll(directories, directory => $"{directory}/{name}"), File.Exists);
    }

    private static void Redirect(byte* actions, int descriptor, int target)
    {
        if (descriptor != target)
        {
            Libc.AddDuplicate(actions, descriptor, target);
        }
    }

    private static void Redirect(byte* actions, Redirection redirection)
    {
        if (redirection.Path is null)
        {
            Libc.AddDuplicate(actions, redirection.From, redirection.Descriptor);
            return;
        }

        var flags = redirection.Descriptor == 0 ? OpenReadOnly : redirection.Append ? OpenWriteAppended : OpenWriteTruncated;
        Libc.AddOpen(actions, redirection.Descriptor, redirection.Path, flags, 0b110_100_100);
    }

    private static string?[] EnvironmentStrings()
    {
        var strings = new List<string?>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            strings.Add($"{variable.Key}={variable.Value}");
        }

        return [.. strings, null];
    }
}
