using System.Buffers;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MiniKube.ApiServer;

/// <summary>
/// Tells who did what, in lines of JSON. Requests never wait for the log: events queue up to a bound and one task writes them. What the
/// bound or the disk does not take is lost, counted and warned of. Thread-safe.
/// </summary>
internal sealed partial class AuditLog : IAsyncDisposable
{
    // Some seconds of everything at the highest level; beyond it the disk is too slow for the policy.
    private const long QueuedBytesMax = 64 * 1024 * 1024;

    // What is handed to the file at once.
    private const int BytesPerWrite = 256 * 1024;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly AuditPolicy _policy;
    private readonly AuditFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _queuedBytes;
    private long _lost;
    private long? _warned;

    public AuditLog(AuditPolicy policy, AuditFile file, TimeProvider time, ILogger logger)
    {
        _policy = policy;
        _file = file;
        _time = time;
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Follows a request that has just come in.</summary>
    public AuditRequest Begin(HttpContext context)
    {
        var request = new AuditRequest(this, context, _time);
        context.Features.Set(request);
        return request;
    }

    public AuditVerdict Decide(in AuditSubject subject) => _policy.Decide(subject);

    /// <summary>Takes one event: a whole line with its end.</summary>
    public void Add(byte[] line)
    {
        if (Interlocked.Add(ref _queuedBytes, line.Length) > QueuedBytesMax || !_queue.Writer.TryWrite(line))
        {
            Interlocked.Add(ref _queuedBytes, -line.Length);
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        _file.Dispose();
    }

    private async Task WriteAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(BytesPerWrite * 2);
        var events = 0;
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var line))
            {
                buffer.Write(line);
                events++;
                Interlocked.Add(ref _queuedBytes, -line.Length);
                if (buffer.WrittenCount >= BytesPerWrite)
                {
                    Flush(buffer, ref events);
                }
            }

            Flush(buffer, ref events);
        }
    }

    private void Flush(ArrayBufferWriter<byte> buffer, ref int events)
    {
        var problem = "they came faster than the disk takes them";
        try
        {
            _file.Append(buffer.WrittenSpan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message;
            Interlocked.Add(ref _lost, events);
        }

        buffer.ResetWrittenCount();
        events = 0;
        WarnOfLost(problem);
    }

    private void WarnOfLost(string problem)
    {
        if (Volatile.Read(ref _lost) == 0 || (_warned is { } last && _time.GetElapsedTime(last) < WarningInterval))
        {
            return;
        }

        _warned = _time.GetTimestamp();
        Log.Lost(_logger, Interlocked.Exchange(ref _lost, 0), problem);
    }

    private static partial class Log
    {
        [LoggerMessage(2080, LogLevel.Warning, "{Count} events are missing in the audit log: {Problem}. The API goes on; see to the disk")]
        public static partial void Lost(ILogger logger, long count, string problem);
    }
}
