using System.Text;

namespace MiniKube;

/// <summary>
/// Lines up columns as kubectl does: three spaces between, upper-case headers, no spaces at the end of a line.
/// </summary>
internal sealed class TableWriter(TextWriter output, int gap = 3)
{
    // As wide as kubectl's narrowest column.
    private const int WidthMin = 6;

    private readonly List<IReadOnlyList<string>> _rows = [];
    private readonly List<int> _widths = [];

    public void Add(IReadOnlyList<string> cells)
    {
        _rows.Add(cells);
        Widen(cells);
    }

    /// <summary>
    /// Writes the rows so far. Rows added later keep at least the present widths, so that a watch stays aligned.
    /// </summary>
    public async Task FlushAsync()
    {
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            AppendLine(text, row);
        }

        _rows.Clear();
        await output.WriteAsync(text.ToString());
        await output.FlushAsync();
    }

    private void Widen(IReadOnlyList<string> cells)
    {
        for (var column = 0; column < cells.Count; column++)
        {
            if (column == _widths.Count)
            {
                _widths.Add(0);
            }

            _widths[column] = Math.Max(_widths[column], cells[column].Length);
        }
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<string> row)
    {
        for (var column = 0; column < row.Count - 1; column++)
        {
            text.Append(row[column].PadRight(Math.Max(_widths[column] + gap, WidthMin)));
        }

        if (row.Count > 0)
        {
            text.Append(row[^1]);
        }

        text.Append('\n');
    }
}
