namespace MiniKube.ApiServer;

/// <summary>One entry of an Accept header, or a Content-Type: the type and its parameters.</summary>
internal readonly ref struct MediaRange(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary><c>application/json</c>.</summary>
    public ReadOnlySpan<char> Type
    {
        get
        {
            var end = _text.IndexOf(';');
            return (end < 0 ? _text : _text[..end]).Trim();
        }
    }

    public bool Is(ReadOnlySpan<char> type) => Type.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of a parameter, or empty.</summary>
    public ReadOnlySpan<char> Parameter(ReadOnlySpan<char> name)
    {
        foreach (var range in _text.Split(';'))
        {
            var part = _text[range].Trim();
            var isNamed = part.StartsWith(name, StringComparison.OrdinalIgnoreCase);
            if (isNamed && part.Length > name.Length && part[name.Length] == '=')
            {
                return part[(name.Length + 1)..].Trim('"');
            }
        }

        return default;
    }
}
