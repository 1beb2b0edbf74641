namespace MiniKube.Client;

/// <summary>
/// Whether servers can be talked to, found out by one question for all who want to. A pool of HTTP/2 connections tries one
/// connection at a time, and each failure ends the wait of one request: without this, the tenth request to a machine that is
/// gone waits for ten timeouts. Thread-safe.
/// </summary>
/// <param name="knock">Asks a server; throws when it cannot be reached. Ends by itself.</param>
internal sealed class ServerDoors(Func<Uri, Task> knock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, Task> _knocks = [];

    /// <summary>Completes when the server is known to answer; fails for all who wait when it does not.</summary>
    public async Task OpenAsync(Uri server, CancellationToken cancellationToken)
        => await Knock(server).WaitAsync(cancellationToken);

    /// <summary>The server failed someone: the next one asks again.</summary>
    public void Close(Uri server)
    {
        lock (_gate)
        {
            if (_knocks.TryGetValue(server, out var knocked) && knocked.IsCompleted)
            {
                _knocks.Remove(server);
            }
        }
    }

    private Task Knock(Uri server)
    {
        lock (_gate)
        {
            if (!_knocks.TryGetValue(server, out var knocked) || (knocked.IsCompleted && !knocked.IsCompletedSuccessfully))
            {
                _knocks[server] = knocked = KnockAsync(server);
            }

            return knocked;
        }
    }

    private async Task KnockAsync(Uri server)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Not under the caller's lock.
        await knock(server);
    }
}
