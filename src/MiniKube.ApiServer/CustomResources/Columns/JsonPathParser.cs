using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>Reads a path from left to right. One use.</summary>
internal sealed class JsonPathParser(string text)
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    private int _at;

    /// <summary>The steps, or null when it is no path.</summary>
    public ImmutableArray<JsonPathStep>? Parse()
    {
        var steps = ImmutableArray.CreateBuilder<JsonPathStep>();
        if (text is "" or not ['.' or '[', ..])
        {
            return null;
        }

        while (_at < text.Length)
        {
            var step = text[_at] switch
            {
                '.' => Name(),
                '[' => Bracket(),
                _ => null,
            };
            if (step is null)
            {
                return text == "." ? steps.ToImmutable() : null;
            }

            steps.Add(step);
        }

        return steps.ToImmutable();
    }

    private JsonPathStep? Name()
    {
        var name = new StringBuilder();
        for (_at++; _at < text.Length && text[_at] is not ('.' or '['); _at++)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
            {
                _at++;
            }

            name.Append(text[_at]);
        }

        return name.ToString() switch
        {
            "" => null,
            "*" => new EveryStep(),
            var plain => new NameStep(plain),
        };
    }

    private JsonPathStep? Bracket()
    {
        var end = EndOfBracket();
        if (end < 0)
        {
            return null;
        }

        var inside = text[(_at + 1)..end].Trim();
        _at = end + 1;
        return inside switch
        {
            "*" => new EveryStep(),
            ['\'', .., '\''] or ['"', .., '"'] when inside.Length > 2 => new NameStep(inside[1..^1]),
            ['?', '(', .. var filter, ')'] => Filter(filter.Trim()),
            _ => int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
                ? new IndexStep(index)
                : null,
        };
    }

    // A bracket inside a quoted text does not count; filters hold brackets of their own.
    private int EndOfBracket()
    {
        var depth = 0;
        var quote = '\0';
        for (var at = _at; at < text.Length; at++)
        {
            var character = text[at];
            if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character == '[')
            {
                depth++;
            }
            else if (character == ']' && --depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static FilterStep? Filter(string filter)
    {
        if (!filter.StartsWith('@'))
        {
            return null;
        }

        var comparison = Comparisons
            .Select(one => (Sign: one, At: filter.IndexOf(one, StringComparison.Ordinal)))
            .Where(static one => one.At > 0)
            .OrderBy(static one => one.At).ThenByDescending(static one => one.Sign.Length)
            .FirstOrDefault();
        var left = comparison.Sign is null ? filter[1..] : filter[1..comparison.At].Trim();
        if (!JsonPath.TryParse(left.Length == 0 ? "." : left, out var path))
        {
            return null;
        }

        if (comparison.Sign is null)
        {
            return new FilterStep(path, "", null);
        }

        var right = FilterStep.Literal(filter[(comparison.At + comparison.Sign.Length)..].Trim(), out var known);
        return known ? new FilterStep(path, comparison.Sign, right) : null;
    }
}
