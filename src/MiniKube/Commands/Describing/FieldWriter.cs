using System.Text;

namespace MiniKube;

/// <summary>
/// Writes <c>Name:  value</c> lines with the values of neighbouring lines in one column, and indented sections, as
/// <c>kubectl describe</c> does.
/// </summary>
internal sealed class FieldWriter
{
    private const int Step = 2;
    private const int Gap = 2;

    private readonly List<Line> _lines = [];
    private int _level;

    /// <summary>One field; an empty value prints as <c>&lt;none&gt;</c>, several lines under each other.</summary>
    public void Field(string name, string? value)
    {
        var lines = string.IsNullOrEmpty(value) ? ["<none>"] : value.TrimEnd('\n').Split('\n');
        _lines.Add(new Line(_level, name + ":", lines[0]));
        _lines.AddRange(lines.Skip(1).Select(more => new Line(_level, "", more)));
    }

    /// <summary>A heading with what it contains one step to the right.</summary>
    public void Section(string heading, Action content)
    {
        Text(heading + ":");
        _level++;
        content();
        _level--;
    }

    /// <summary>A line of its own.</summary>
    public void Text(string text) => _lines.Add(new Line(_level, text, Value: null));

    /// <summary>A table under the present indentation, its cells aligned.</summary>
    public void Table(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows.Max(static row => row.Count))
            .Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0))
            .ToList();
        foreach (var row in rows)
        {
            Text(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + Gap))).TrimEnd());
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var index = 0; index < _lines.Count; index++)
        {
            Append(text, _lines[index], WidthAround(index));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Line line, int width)
    {
        var indent = new string(' ', line.Level * Step);
        var content = line.Value is null ? line.Name : line.Name.PadRight(width + Gap) + line.Value;
        text.Append((indent + content).TrimEnd()).Append('\n');
    }

    // The column is as wide as the longest name of the run of fields the line stands in.
    private int WidthAround(int index)
    {
        bool InRun(int at) => at >= 0 && at < _lines.Count && _lines[at].Value is not null && _lines[at].Level == _lines[index].Level;
        var first = index;
        while (InRun(first - 1))
        {
            first--;
        }

        var width = 0;
        for (var at = first; InRun(at); at++)
        {
            width = Math.Max(width, _lines[at].Name.Length);
        }

        return width;
    }

    private sealed record Line(int Level, string Name, string? Value);
}
