using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MiniKube.Testing;

/// <summary>
/// Keeps what is logged, as text with the number of the event in front: <c>1030 Image ... is damaged</c>.
/// </summary>
public sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("this log only records");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _lines.Enqueue($"{eventId.Id} {formatter(state, exception)}");

    public void Dispose()
    {
        // Nothing is held.
    }
}
