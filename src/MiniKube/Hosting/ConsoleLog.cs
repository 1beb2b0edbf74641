using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MiniKube;

/// <summary>
/// Logs one line per event, as text or JSON, at a level and above. Made without options or services: it must not cost
/// start-up time.
/// </summary>
internal sealed class ConsoleLog(TextWriter output, LogLevel least, bool json, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _gate = new();

    /// <summary>A log that says nothing.</summary>
    public static ConsoleLog Silent(Terminal terminal) => new(TextWriter.Null, LogLevel.None, json: false, terminal.Time);

    public ILogger CreateLogger(string categoryName)
    {
        var floor = FloorOf(categoryName);
        return new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..], floor > least ? floor : least);
    }

    public void AddProvider(ILoggerProvider provider)
        => throw new NotSupportedException("events go to the console and nowhere else");

    public void Dispose()
    {
        lock (_gate)
        {
            output.Flush();
        }
    }

    // What the web server tells about itself is of no use to people who run a cluster, and what its host fails with it throws too.
    private static LogLevel FloorOf(string category)
    {
        if (category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal))
        {
            return LogLevel.None;
        }

        return category.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Trace;
    }

    private void Write(in LogEvent entry)
    {
        var line = json ? JsonOf(entry) : TextOf(entry);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private string TextOf(in LogEvent entry)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {LevelOf(entry.Level),-5} ");
        line.Append(entry.Category).Append(": ").Append(entry.Message);
        for (var cause = entry.Error; cause is not null; cause = cause.InnerException)
        {
            line.Append(": ").Append(cause.Message);
        }

        // A stack is for developers; everybody else gets one line.
        if (entry.Error is not null && least <= LogLevel.Debug)
        {
            line.AppendLine().Append(entry.Error);
        }

        return line.ToString();
    }

    private string JsonOf(in LogEvent entry)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow());
            writer.WriteString("level", LevelOf(entry.Level));
            writer.WriteString("category", entry.Category);
            writer.WriteNumber("event", entry.Id);
            writer.WriteString("message", entry.Message);
            if (entry.Error is not null)
            {
                writer.WriteString("error", entry.Error.ToString());
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    private readonly record struct LogEvent(LogLevel Level, string Category, int Id, string Message, Exception? Error);

    private sealed class Category(ConsoleLog log, string name, LogLevel floor) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= floor && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(new LogEvent(logLevel, name, eventId.Id, formatter(state, exception), exception));
            }
        }
    }
}
