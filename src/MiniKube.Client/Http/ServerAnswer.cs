namespace MiniKube.Client;

/// <summary>An answer whose body may still have to be read, and its hold on the connections. Disposing lets both go.</summary>
internal sealed class ServerAnswer(HttpResponseMessage response, ServerConnections connections) : IDisposable
{
    private bool _isDisposed;

    public HttpResponseMessage Response { get; } = response;

    /// <summary>Cancelled when the rest of the body will not come.</summary>
    public CancellationToken Aborted { get; } = connections.Aborted;

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Response.Dispose();
        connections.Leave();
    }
}

/// <summary>The body of a request; sent again to another server when the first did not get it.</summary>
internal sealed record ServerQuestion(ReadOnlyMemory<byte> Json, string MediaType)
{
    public HttpContent ToContent() => new ReadOnlyMemoryContent(Json)
    {
        Headers = { ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(MediaType) },
    };
}
