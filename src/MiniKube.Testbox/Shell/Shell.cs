namespace MiniKube.Testbox;

/// <summary>Runs command lines. Words are not split after expansion and patterns are not expanded.</summary>
internal sealed unsafe class Shell(AppletCatalog catalog)
{
    private const int CannotExecute = 126;
    private const int NotFound = 127;
    private const int CloseOnExec = 0x80000;

    private readonly ShellVariables _variables = new();

    public bool Ended { get; private set; }

    public int Status
    {
        get => _variables.LastStatus;
        private set => _variables.LastStatus = value;
    }

    /// <summary>
    /// Runs the text and returns the status of the last command that ran. With <paramref name="last"/> the shell ends after it,
    /// and a single program takes its place, so that it gets the container's signals.
    /// </summary>
    public int Run(string text, bool last)
    {
        try
        {
            var pipelines = new ShellParser(text).Parse();
            foreach (var pipeline in pipelines)
            {
                if (!Ended && Applies(pipeline.Joint))
                {
                    var replace = last && pipelines is [{ Commands: [{ Redirections.Count: 0 }] }];
                    Status = RunOne(pipeline, replace);
                }
            }
        }
        catch (ShellSyntaxException wrong)
        {
            Output.Error($"sh: {wrong.Message}");
            Status = 2;
        }

        return Status;
    }

    // What fails to start is one command's trouble; the next one runs.
    private int RunOne(Pipeline pipeline, bool replace)
    {
        try
        {
            return replace ? Replace(pipeline.Commands[0]) : Run(pipeline.Commands);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Output.Error($"sh: {failure.Message}");
            return CannotExecute;
        }
    }

    private bool Applies(Joint joint)
        => joint == Joint.Always || (joint == Joint.IfSucceeded ? Status == 0 : Status != 0);

    private int Replace(Command command)
    {
        var words = Expand(command);
        if (TryBuiltIn(words) is { } status)
        {
            return status;
        }

        ProcessLauncher.Replace(catalog, words);
        return Missing(words[0]);
    }

    private int Run(List<Command> commands)
    {
        if (commands is [{ Redirections.Count: 0 } only] && TryBuiltIn(Expand(only)) is { } status)
        {
            return status;
        }

        var started = new List<int?>();
        var input = 0;
        var ends = stackalloc int[2];
        for (var i = 0; i < commands.Count; i++)
        {
            (ends[0], ends[1]) = (0, 1);
            var piped = i + 1 < commands.Count;
            if (piped)
            {
                Libc.Pipe(ends, CloseOnExec);
            }

            started.Add(Start(commands[i], input, ends[1]));
            Close(input);
            Close(ends[1]);
            input = ends[0];
        }

        return started.ConvertAll(static pid => pid is { } id ? ProcessLauncher.Wait(id) : NotFound)[^1];
    }

    private int? Start(Command command, int input, int output)
    {
        var words = Expand(command);
        var redirections = command.Redirections.ConvertAll(
            r => new Redirection(r.Descriptor, r.Path is null ? null : _variables.Expand(r.Path), r.Append, r.From));
        var pid = ProcessLauncher.Start(catalog, words is [] ? ["true"] : words, input, output, redirections);
        if (pid is null)
        {
            Missing(words[0]);
        }

        return pid;
    }

    private int? TryBuiltIn(string[] words)
    {
        switch (words)
        {
            case ["exit", .. var rest]:
                Ended = true;
                return rest is [var code] ? Flags.ParseNumber(code, "the code") & 255 : Status;
            case ["cd", .. var rest]:
                Environment.CurrentDirectory = rest is [var path] ? path : "/";
                return 0;
            case ["exec", _, ..]:
                ProcessLauncher.Replace(catalog, words[1..]);
                return Missing(words[1]);
            case ["export", .. var assignments]:
                Array.ForEach(assignments, static assignment => TryAssign(assignment));
                return 0;
            case [":"]:
                return 0;
            default:
                return words.Length > 0 && Array.TrueForAll(words, TryAssign) ? 0 : null;
        }
    }

    private static bool TryAssign(string word)
    {
        var equals = word.IndexOf('=');
        if (equals <= 0 || !word.AsSpan(0, equals).ContainsOnlyNameCharacters())
        {
            return false;
        }

        Environment.SetEnvironmentVariable(word[..equals], word[(equals + 1)..]);
        return true;
    }

    private string[] Expand(Command command) => [.. command.Words.ConvertAll(_variables.Expand)];

    private static int Missing(string name)
    {
        Output.Error($"sh: {name}: not found");
        return NotFound;
    }

    private static void Close(int descriptor)
    {
        if (descriptor > 2)
        {
            Libc.Close(descriptor);
        }
    }
}

internal static class ShellNames
{
    public static bool ContainsOnlyNameCharacters(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}
