using Spectre.Console;

namespace MiniKube;

/// <summary>A table that changes in place.</summary>
internal sealed class LiveProgress : IProgressView
{
    private readonly Lock _gate = new();
    private readonly Table _table = new Table().NoBorder().HideHeaders().AddColumns("", "", "");
    private readonly Dictionary<string, int> _rows = [];
    private LiveDisplayContext? _display;

    public Task ShowAsync(Func<Task> work) => AnsiConsole.Live(_table).StartAsync(async display =>
    {
        _display = display;
        await work();
        display.Refresh();
    });

    public void Set(string name, string state, bool done)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(name, out var row))
            {
                row = _rows[name] = _table.Rows.Count;
                _table.AddRow("", "", "");
            }

            _table.UpdateCell(row, 0, done ? "[green]✓[/]" : "[yellow]·[/]");
            _table.UpdateCell(row, 1, Markup.Escape(name));
            _table.UpdateCell(row, 2, Markup.Escape(state));
            _display?.Refresh();
        }
    }

    public void Warn(string text)
    {
        lock (_gate)
        {
            _table.AddRow("[red]![/]", "[red]warning[/]", Markup.Escape(text));
            _display?.Refresh();
        }
    }
}
