namespace MiniKube.Runtimes;

/// <summary>Turns log entries into what <c>kubectl logs</c> prints, as the query asks, up to its limit.</summary>
internal sealed class LogWriter(LogQuery query, Stream destination)
{
    private readonly MemoryStream _pending = new();
    private long? _bytesLeft = query.LimitBytes;
    private bool _lineStarted;

    /// <summary>Nothing more is wanted.</summary>
    public bool Full => _bytesLeft <= 0;

    public void Add(ReadOnlySpan<byte> line)
    {
        if (!LogEntry.TryParse(line, out var entry) || (query.Since is { } since && !entry.IsSince(since)))
        {
            return;
        }

        if (query.Timestamps && !_lineStarted)
        {
            Put(entry.Time);
            Put(" "u8);
        }

        Put(entry.Text);
        if (entry.Complete)
        {
            Put("\n"u8);
        }

        _lineStarted = !entry.Complete;
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_pending.Length > 0)
        {
            await destination.WriteAsync(_pending.GetBuffer().AsMemory(0, (int)_pending.Length), cancellationToken);
            await destination.FlushAsync(cancellationToken);
            _pending.SetLength(0);
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(bytes.Length, _bytesLeft ?? long.MaxValue);
        _pending.Write(bytes[..taken]);
        _bytesLeft -= taken;
    }
}
