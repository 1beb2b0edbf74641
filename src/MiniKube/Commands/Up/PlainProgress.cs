namespace MiniKube;

/// <summary>One line for each change.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _shown = [];

    public Task ShowAsync(Func<Task> work) => work();

    public void Set(string name, string state, bool done)
    {
        lock (_gate)
        {
            if (_shown.GetValueOrDefault(name) != state)
            {
                _shown[name] = state;
                output.WriteLine($"{name}: {state}");
                output.Flush();
            }
        }
    }

    public void Warn(string text)
    {
        lock (_gate)
        {
            output.WriteLine($"warning: {text}");
            output.Flush();
        }
    }
}
