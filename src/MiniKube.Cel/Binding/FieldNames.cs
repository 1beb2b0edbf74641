namespace MiniKube.Cel.Binding;

/// <summary>Kubernetes' escapes of property names that are no identifiers.</summary>
internal static class FieldNames
{
    private static readonly (string Escape, string Text)[] Escapes =
        [("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/")];

    private static readonly string[] Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package", "namespace", "return",
    ];

    /// <summary>The property's name; the same string where nothing is escaped.</summary>
    public static string Unescape(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal))
        {
            return name;
        }

        if (Reserved.FirstOrDefault(word => name == $"__{word}__") is { } reserved)
        {
            return reserved;
        }

        var text = new System.Text.StringBuilder();
        for (var at = 0; at < name.Length;)
        {
            var escape = Escapes.FirstOrDefault(pair => name.AsSpan(at).StartsWith(pair.Escape));
            text.Append(escape.Text ?? name[at].ToString());
            at += escape.Escape?.Length ?? 1;
        }

        return text.ToString();
    }
}
