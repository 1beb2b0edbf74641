using MiniKube.Client;

namespace MiniKube;

/// <summary>The running components, in the order they were started; stopped in reverse, each before the one it stands on.</summary>
internal sealed class ComponentStack : IAsyncDisposable
{
    private readonly List<ClusterComponent> _started = [];

    /// <summary>Every component started so far and whether it works, for health.</summary>
    public IReadOnlyList<ClusterComponent> Components => _started;

    /// <summary>Starts the component and returns once it is ready for the next one.</summary>
    public async Task StartAsync(ClusterComponent component, CancellationToken cancellationToken)
    {
        _started.Add(component);
        await component.StartAsync(cancellationToken);
    }

    /// <summary>Starts components that do not need each other, and returns once all are ready.</summary>
    public Task StartTogetherAsync(IReadOnlyCollection<ClusterComponent> components, CancellationToken cancellationToken)
    {
        _started.AddRange(components);
        return Task.WhenAll(components.Select(component => component.StartAsync(cancellationToken)));
    }

    /// <summary>Waits until a component ends by itself, which it must not, and throws what it died of.</summary>
    public async Task WaitForFailureAsync(CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(_started.Select(static one => one.Completion)).WaitAsync(cancellationToken);
        var dead = _started.First(one => one.Completion == ended);
        throw new CommandException(
            $"{dead.Name} ended: {ended.Exception?.GetBaseException().Message ?? "for no reason it told"}; MiniKube ends with it",
            cause: ended.Exception);
    }

    public async ValueTask DisposeAsync()
    {
        for (var index = _started.Count - 1; index >= 0; index--)
        {
            await _started[index].DisposeAsync();
        }

        _started.Clear();
    }
}
