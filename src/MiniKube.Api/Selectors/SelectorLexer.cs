namespace MiniKube.Api;

/// <summary>What a piece of a label selector is.</summary>
internal enum SelectorTokenKind
{
    End,
    Identifier,
    In,
    NotIn,
    Equal,
    NotEqual,
    Greater,
    Less,
    Not,
    Comma,
    Open,
    Close,
}

/// <summary>A piece of a label selector.</summary>
internal readonly record struct SelectorToken(SelectorTokenKind Kind, string Text)
{
    /// <summary>Keys and values; <c>in</c> and <c>notin</c> are operators only where one is expected.</summary>
    public bool IsIdentifier => Kind is SelectorTokenKind.Identifier or SelectorTokenKind.In or SelectorTokenKind.NotIn;
}

/// <summary>Cuts a label selector into pieces; spaces separate and are dropped.</summary>
internal ref struct SelectorLexer(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public SelectorToken Next()
    {
        _rest = _rest.TrimStart();
        if (_rest.IsEmpty)
        {
            return new SelectorToken(SelectorTokenKind.End, "");
        }

        return IsSymbol(_rest[0]) ? Symbol() : Word();
    }

    private SelectorToken Symbol()
    {
        var second = _rest.Length > 1 ? _rest[1] : '\0';
        return _rest[0] switch
        {
            '=' => Take(second == '=' ? 2 : 1, SelectorTokenKind.Equal),
            '!' when second == '=' => Take(2, SelectorTokenKind.NotEqual),
            '!' => Take(1, SelectorTokenKind.Not),
            '>' => Take(1, SelectorTokenKind.Greater),
            '<' => Take(1, SelectorTokenKind.Less),
            '(' => Take(1, SelectorTokenKind.Open),
            ')' => Take(1, SelectorTokenKind.Close),
            _ => Take(1, SelectorTokenKind.Comma),
        };
    }

    private SelectorToken Word()
    {
        var length = 1;
        while (length < _rest.Length && !IsSymbol(_rest[length]) && !char.IsWhiteSpace(_rest[length]))
        {
            length++;
        }

        return _rest[..length] switch
        {
            "in" => Take(length, SelectorTokenKind.In),
            "notin" => Take(length, SelectorTokenKind.NotIn),
            _ => Take(length, SelectorTokenKind.Identifier),
        };
    }

    private SelectorToken Take(int length, SelectorTokenKind kind)
    {
        var token = new SelectorToken(kind, _rest[..length].ToString());
        _rest = _rest[length..];
        return token;
    }

    private static bool IsSymbol(char letter) => letter is '=' or '!' or '(' or ')' or ',' or '>' or '<';
}
