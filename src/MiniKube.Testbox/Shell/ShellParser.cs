using System.Text;

namespace MiniKube.Testbox;

/// <summary>Reads <c>a 'b' "$C" | d &gt; e &amp;&amp; f || g; h</c>: one pass over the text, a word or an operator at a time.</summary>
internal sealed class ShellParser(string text)
{
    private int _at;

    public List<Pipeline> Parse()
    {
        var pipelines = new List<Pipeline>();
        var joint = TakeJoint(); // Skips empty lines.
        while (ParsePipeline(joint) is { } pipeline)
        {
            pipelines.Add(pipeline);
            joint = TakeJoint();
        }

        SkipBlanks();
        return _at == text.Length ? pipelines : throw new ShellSyntaxException($"syntax error near '{text[_at..]}'");
    }

    private Pipeline? ParsePipeline(Joint joint)
    {
        var commands = new List<Command>();
        do
        {
            var command = ParseCommand();
            if (command.Words.Count == 0 && command.Redirections.Count == 0)
            {
                return commands.Count == 0 && joint == Joint.Always
                    ? null
                    : throw new ShellSyntaxException("a command is missing after an operator");
            }

            commands.Add(command);
        }
        while (!Sees("||") && Take("|"));
        return new Pipeline(joint, commands);
    }

    private Command ParseCommand()
    {
        var command = new Command();
        while (true)
        {
            SkipBlanks();
            if (TakeRedirection(command))
            {
                continue;
            }

            if (ParseWord() is not { } word)
            {
                return command;
            }

            command.Words.Add(word);
        }
    }

    private bool TakeRedirection(Command command)
    {
        if (Take("2>&1"))
        {
            command.Redirections.Add((2, false, 1, null));
            return true;
        }

        if (Take(">&2") || Take("1>&2"))
        {
            command.Redirections.Add((1, false, 2, null));
            return true;
        }

        var descriptor = Sees("<") ? 0 : Sees("2>") ? 2 : Sees(">") ? 1 : -1;
        if (descriptor < 0)
        {
            return false;
        }

        _at += descriptor == 2 ? 2 : 1;
        var append = Take(">");
        SkipBlanks();
        var path = ParseWord() ?? throw new ShellSyntaxException("a file name is missing after a redirection");
        command.Redirections.Add((descriptor, append, -1, path));
        return true;
    }

    private ShellWord? ParseWord()
    {
        ShellWord? word = null;
        while (_at < text.Length && !IsEnd(text[_at]))
        {
            word ??= new ShellWord();
            word.Pieces.Add(text[_at] switch
            {
                '\'' => (TakeUntil('\''), false),
                '"' => (TakeUntil('"'), true),
                _ => (TakePlain(), true),
            });
        }

        return word;
    }

    private string TakeUntil(char quote)
    {
        var end = text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            throw new ShellSyntaxException($"the closing {quote} is missing");
        }

        var inside = text[(_at + 1)..end];
        _at = end + 1;
        return inside;
    }

    private string TakePlain()
    {
        var plain = new StringBuilder();
        while (_at < text.Length && !IsEnd(text[_at]) && text[_at] is not ('\'' or '"'))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
            {
                _at++;
            }

            plain.Append(text[_at++]);
        }

        return plain.ToString();
    }

    private Joint TakeJoint()
    {
        SkipBlanks();
        var joint = Take("&&") ? Joint.IfSucceeded : Take("||") ? Joint.IfFailed : Joint.Always;
        while (joint == Joint.Always && (Take(";") || Take("\n")))
        {
            SkipBlanks();
        }

        return joint;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is (' ' or '\t' or '\r'))
        {
            _at++;
        }

        if (_at < text.Length && text[_at] == '#')
        {
            var end = text.IndexOf('\n', _at);
            _at = end < 0 ? text.Length : end;
        }
    }

    private bool Sees(string symbol) => text.AsSpan(_at).StartsWith(symbol, StringComparison.Ordinal);

    private bool Take(string symbol)
    {
        if (!Sees(symbol))
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    private static bool IsEnd(char c) => c is ' ' or '\t' or '\r' or '\n' or ';' or '&' or '|' or '<' or '>';
}
