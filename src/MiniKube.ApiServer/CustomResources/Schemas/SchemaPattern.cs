using System.Text.RegularExpressions;

namespace MiniKube.ApiServer;

/// <summary>
/// A regular expression of a schema. Kubernetes' are RE2: no look-around, no back references, time linear in the text; .NET's engine
/// without backtracking has the same limits.
/// </summary>
internal sealed class SchemaPattern
{
    private readonly Regex _expression;

    /// <exception cref="ArgumentException">It is no expression, or one that needs backtracking.</exception>
    public SchemaPattern(string text)
    {
        Text = text;
        try
        {
            _expression = new Regex(Translate(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException failure)
        {
            throw new ArgumentException(failure.Message, nameof(text), failure);
        }
    }

    public string Text { get; }

    public bool IsMatch(string value) => _expression.IsMatch(value);

    // RE2 writes named groups (?P<name>...) and the end of the text \z; .NET's $ also matches before a last line feed.
    private static string Translate(string text)
    {
        var translated = new System.Text.StringBuilder(text.Length + 8);
        var inClass = false;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character == '\\' && at + 1 < text.Length)
            {
                translated.Append(character).Append(text[++at]);
                continue;
            }

            inClass = character switch
            {
                '[' => true,
                ']' => false,
                _ => inClass,
            };
            if (!inClass && character == '$')
            {
                translated.Append("\\z");
            }
            else if (!inClass && character == '(' && text.AsSpan(at).StartsWith("(?P<"))
            {
                translated.Append("(?<");
                at += 3;
            }
            else
            {
                translated.Append(character);
            }
        }

        return translated.ToString();
    }
}
