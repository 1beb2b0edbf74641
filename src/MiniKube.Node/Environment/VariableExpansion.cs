using System.Text;

namespace MiniKube.Node;

/// <summary>
/// <c>$(NAME)</c> in commands, arguments and values: replaced when the name is known, left as it is when not; <c>$$</c> is one
/// dollar. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
/// </summary>
internal static class VariableExpansion
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (text[at] != '$' || next is not ('$' or '('))
            {
                result.Append(text[at]);
                continue;
            }

            at = next == '$' ? AppendDollar(result, at) : AppendReference(result, text, at, variables);
        }

        return result.ToString();
    }

    private static int AppendDollar(StringBuilder result, int at)
    {
        result.Append('$');
        return at + 1;
    }

    private static int AppendReference(StringBuilder result, string text, int at, IReadOnlyDictionary<string, string> variables)
    {
        var end = text.IndexOf(')', at + 2);
        if (end < 0)
        {
            result.Append("$(");
            return at + 1;
        }

        var name = text[(at + 2)..end];
        result.Append(variables.TryGetValue(name, out var value) ? value : text[at..(end + 1)]);
        return end;
    }
}
