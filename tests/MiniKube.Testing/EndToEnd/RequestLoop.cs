namespace MiniKube.Testing;

/// <summary>Asks a URL again and again until disposed, each time on a new connection, and keeps what went wrong.</summary>
public sealed class RequestLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _failures = [];
    private readonly HashSet<string> _pods = [];
    private readonly Task _loop;

    /// <summary>Starts asking.</summary>
    public RequestLoop(string url) => _loop = RunAsync(url);

    /// <summary>How many answers came.</summary>
    public int Answers { get; private set; }

    /// <summary>Requests that got no answer, or a wrong one.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Which pods answered.</summary>
    public IReadOnlyCollection<string> Pods => _pods;

    /// <summary>Stops asking; the properties are stable from here on.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(string url)
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _pods.Add((await Page.GetAsync(url, CancellationToken.None)).Pod);
                Answers++;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                _failures.Add(failure.GetBaseException().Message);
            }
        }
    }
}
