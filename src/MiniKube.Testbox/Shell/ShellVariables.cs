using System.Globalization;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>The shell's variables; all of them are exported.</summary>
internal sealed class ShellVariables
{
    /// <summary>The value of <c>$?</c>.</summary>
    public int LastStatus { get; set; }

    public string Expand(ShellWord word)
    {
        var text = new StringBuilder();
        foreach (var (piece, expands) in word.Pieces)
        {
            text.Append(expands ? Expand(piece) : piece);
        }

        return text.ToString();
    }

    private string Expand(string piece)
    {
        var text = new StringBuilder();
        for (var i = 0; i < piece.Length; i++)
        {
            if (piece[i] != '$' || i + 1 == piece.Length)
            {
                text.Append(piece[i]);
                continue;
            }

            var name = NameAt(piece, i + 1, out var length);
            text.Append(name.Length > 0 ? ValueOf(name) : "$");
            i += length;
        }

        return text.ToString();
    }

    private string? ValueOf(string name) => name switch
    {
        "?" => LastStatus.ToString(CultureInfo.InvariantCulture),
        "$" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        _ => Environment.GetEnvironmentVariable(name),
    };

    private static string NameAt(string piece, int start, out int length)
    {
        if (piece[start] == '{' && piece.IndexOf('}', start) is var end and > 0)
        {
            length = end - start + 1;
            return piece[(start + 1)..end];
        }

        if (piece[start] is '?' or '$')
        {
            length = 1;
            return piece[start].ToString();
        }

        length = 0;
        while (start + length < piece.Length && (char.IsAsciiLetterOrDigit(piece[start + length]) || piece[start + length] == '_'))
        {
            length++;
        }

        return piece.Substring(start, length);
    }
}
