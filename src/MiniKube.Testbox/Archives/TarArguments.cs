namespace MiniKube.Testbox;

/// <summary>
/// What <c>tar</c> was asked: the letters in one word with or without a dash, as in <c>cf</c>, <c>-xmf</c> or apart. The archive is
/// standard output or input.
/// </summary>
internal sealed class TarArguments
{
    private TarArguments()
    {
    }

    public bool Extracts { get; private set; }

    /// <summary>Files get the time they are written, not that of the archive.</summary>
    public bool TouchesFiles { get; private set; }

    public string Directory { get; private set; } = ".";

    public List<string> Members { get; } = [];

    public static TarArguments Parse(string[] args)
    {
        var parsed = new TarArguments();
        var mode = '\0';
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--no-same-owner" or "--no-same-permissions")
            {
                continue; // Owners are never taken; permissions always.
            }

            if (i > 0 && !args[i].StartsWith('-'))
            {
                parsed.Members.Add(args[i]);
                continue;
            }

            foreach (var letter in args[i].TrimStart('-'))
            {
                if (letter is 'c' or 'x')
                {
                    mode = letter;
                }
                else
                {
                    parsed.Take(letter, args, ref i);
                }
            }
        }

        parsed.Extracts = mode == 'x';
        return mode == '\0' || (mode == 'c' && parsed.Members is []) ? throw new UsageException("needs c with a PATH, or x") : parsed;
    }

    private void Take(char letter, string[] args, ref int i)
    {
        switch (letter)
        {
            case 'm':
                TouchesFiles = true;
                break;
            case 'f' when ++i < args.Length && args[i] == "-":
                break;
            case 'f':
                throw new UsageException("f needs '-': archives are read from standard input and written to standard output");
            case 'C' when ++i < args.Length:
                Directory = args[i];
                break;
            default:
                throw new UsageException($"unknown or incomplete option '{letter}'");
        }
    }
}
