using System.Collections.Immutable;

namespace MiniKube.Api;

/// <summary>
/// The grammar of label selectors in query strings: <c>a, !b, c=d, e!=f, g in (h,i), j notin (k), l&gt;3</c>. Failures are
/// <see cref="FormatException"/>s worded like Kubernetes'.
/// </summary>
internal ref struct LabelSelectorParser(ReadOnlySpan<char> text)
{
    private SelectorLexer _lexer = new(text);
    private SelectorToken _next;

    public ImmutableArray<LabelRequirement> Parse()
    {
        var requirements = ImmutableArray.CreateBuilder<LabelRequirement>();
        Advance();
        while (_next.Kind != SelectorTokenKind.End)
        {
            if (!AtRequirement())
            {
                throw Expected("!, identifier, or 'end of string'");
            }

            requirements.Add(Requirement());
            if (_next.Kind == SelectorTokenKind.End)
            {
                break;
            }

            if (_next.Kind != SelectorTokenKind.Comma)
            {
                throw Expected("',' or 'end of string'");
            }

            Advance();
            if (!AtRequirement())
            {
                throw Expected("identifier after ','");
            }
        }

        requirements.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return requirements.ToImmutable();
    }

    private readonly bool AtRequirement() => _next.IsIdentifier || _next.Kind == SelectorTokenKind.Not;

    private LabelRequirement Requirement()
    {
        var negated = _next.Kind == SelectorTokenKind.Not;
        if (negated)
        {
            Advance();
        }

        if (!_next.IsIdentifier)
        {
            throw Unable($"found '{_next.Text}', expected: identifier");
        }

        var key = Take();
        LabelRequirements.CheckKey(key);
        if (_next.Kind is SelectorTokenKind.End or SelectorTokenKind.Comma)
        {
            return new LabelRequirement(key, negated ? SelectorOperator.DoesNotExist : SelectorOperator.Exists, []);
        }

        if (negated)
        {
            return new LabelRequirement(key, SelectorOperator.DoesNotExist, []);
        }

        return LabelRequirements.Checked(Comparison(key));
    }

    private LabelRequirement Comparison(string key)
    {
        var kind = _next.Kind;
        SelectorOperator? found = kind switch
        {
            SelectorTokenKind.In or SelectorTokenKind.Equal => SelectorOperator.In,
            SelectorTokenKind.NotIn or SelectorTokenKind.NotEqual => SelectorOperator.NotIn,
            SelectorTokenKind.Greater => SelectorOperator.Gt,
            SelectorTokenKind.Less => SelectorOperator.Lt,
            _ => null,
        };
        if (found is not { } comparison)
        {
            throw Unable($"found '{_next.Text}', expected: in, notin, =, ==, !=, gt, lt");
        }

        Advance();
        return new LabelRequirement(
            key, comparison, kind is SelectorTokenKind.In or SelectorTokenKind.NotIn ? Set() : [Value()]);
    }

    private string Value()
    {
        if (_next.Kind is SelectorTokenKind.End or SelectorTokenKind.Comma)
        {
            return "";
        }

        return _next.IsIdentifier ? Take() : throw Unable($"found '{_next.Text}', expected: identifier");
    }

    private ImmutableArray<string> Set()
    {
        if (_next.Kind != SelectorTokenKind.Open)
        {
            throw Unable($"found '{_next.Text}' expected: '('");
        }

        Advance();
        var values = new SortedSet<string>(StringComparer.Ordinal);
        if (_next.Kind != SelectorTokenKind.Close)
        {
            Members(values);
        }

        Advance();
        return [.. values];
    }

    // An empty place between commas is the empty value: "(,a)" is {"", "a"}.
    private void Members(SortedSet<string> values)
    {
        while (true)
        {
            if (_next.IsIdentifier)
            {
                values.Add(Take());
            }
            else if (_next.Kind is SelectorTokenKind.Comma or SelectorTokenKind.Close)
            {
                values.Add("");
            }
            else
            {
                throw Unable($"found '{_next.Text}', expected: ',', ')' or identifier");
            }

            if (_next.Kind == SelectorTokenKind.Close)
            {
                return;
            }

            if (_next.Kind != SelectorTokenKind.Comma)
            {
                throw Unable($"found '{_next.Text}', expected: ',' or ')'");
            }

            Advance();
        }
    }

    private string Take()
    {
        var text = _next.Text;
        Advance();
        return text;
    }

    private void Advance() => _next = _lexer.Next();

    private readonly FormatException Expected(string what) => new($"found '{_next.Text}', expected: {what}");

    private static FormatException Unable(string why) => new($"unable to parse requirement: {why}");
}
