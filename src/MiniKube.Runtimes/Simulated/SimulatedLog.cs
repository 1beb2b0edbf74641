using System.Globalization;
using System.Text;

namespace MiniKube.Runtimes;

/// <summary>The lines a test let a simulated container write. Thread-safe.</summary>
internal sealed class SimulatedLog
{
    // Nothing but tests writes here; the limit only keeps a mistake from eating the memory.
    private const int LinesMax = 10_000;

    private readonly Lock _gate = new();
    private readonly List<(DateTimeOffset Time, string Text)> _lines = [];
    private TaskCompletionSource _changed = New();
    private bool _complete;

    public void Write(DateTimeOffset time, string text)
    {
        lock (_gate)
        {
            if (_lines.Count < LinesMax)
            {
                _lines.Add((time, text));
            }

            WakeLocked();
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _complete = true;
            WakeLocked();
        }
    }

    public async Task CopyAsync(LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        var left = query.LimitBytes ?? long.MaxValue;
        for (var position = First(query); left > 0;)
        {
            var (lines, complete, changed) = From(position);
            foreach (var (time, text) in lines)
            {
                var bytes = Format(query, time, text);
                var count = (int)Math.Min(left, bytes.Length);
                await destination.WriteAsync(bytes.AsMemory(0, count), cancellationToken);
                left -= count;
            }

            position += lines.Count;
            if (complete || !query.Follow)
            {
                return;
            }

            await destination.FlushAsync(cancellationToken);
            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static byte[] Format(LogQuery query, DateTimeOffset time, string text)
    {
        var prefix = query.Timestamps
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.'fffffff'00Z '", CultureInfo.InvariantCulture)
            : "";
        return Encoding.UTF8.GetBytes($"{prefix}{text}\n");
    }

    private int First(LogQuery query)
    {
        lock (_gate)
        {
            var since = query.Since is { } start ? _lines.FindIndex(line => line.Time >= start) : 0;
            var first = since < 0 ? _lines.Count : since;
            return query.TailLines is { } tail ? (int)Math.Max(first, _lines.Count - tail) : first;
        }
    }

    private (IReadOnlyList<(DateTimeOffset Time, string Text)> Lines, bool Complete, Task Changed) From(int position)
    {
        lock (_gate)
        {
            return (_lines[position..], _complete, _changed.Task);
        }
    }

    private void WakeLocked()
    {
        _changed.TrySetResult();
        _changed = New();
    }
}
