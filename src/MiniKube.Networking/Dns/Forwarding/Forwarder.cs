using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// Asks this machine's servers what the cluster does not know. The same question is asked once, however many want the answer. A
/// server that does not answer within a second is asked no less, but the next one is asked, too; the first answer counts.
/// </summary>
internal sealed partial class Forwarder : IAsyncDisposable
{
    // C libraries ask again after five seconds: by then they have our answer, whatever it is.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan NextAfter = TimeSpan.FromSeconds(1);

    private const int AttemptsMin = 3;
    private const int AttemptsMax = 6;

    private readonly IUpstreamServers _servers;
    private readonly AnswerCache _cache;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UpstreamHealth _health;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<byte[], Lazy<Task<EncodedAnswer?>>> _asking = new(QuestionKey.Comparer.Instance);
    private readonly Lock _noticing = new();
    private ImmutableArray<IPEndPoint> _known = [];
    private Task _probing = Task.CompletedTask;

    public Forwarder(IUpstreamServers servers, AnswerCache cache, TimeProvider time, ILogger logger)
    {
        _servers = servers;
        _cache = cache;
        _time = time;
        _logger = logger;
        _health = new UpstreamHealth(time);
        Loops = new LoopProbes(_health, time, logger);
    }

    public LoopProbes Loops { get; }

    /// <summary>The answer, from the cache or fetched; null when nobody gives one.</summary>
    public Task<EncodedAnswer?> ResolveAsync(byte[] key)
        => FindKept(key) is { } kept
            ? Task.FromResult<EncodedAnswer?>(kept)
            : _asking.GetOrAdd(key, static (question, self) => new Lazy<Task<EncodedAnswer?>>(() => self.FetchAsync(question)), this).Value;

    /// <summary>An answer that still holds, or null.</summary>
    public EncodedAnswer? FindKept(ReadOnlySpan<byte> key)
        => _cache.TryGet(key, out var answer) && answer.Version is null && _time.GetElapsedTime(answer.Since) < answer.Lifetime
            ? answer
            : null;

    /// <summary>Reads whom to ask, and tries out those that are new; called for every question that is passed on.</summary>
    public ImmutableArray<IPEndPoint> Notice()
    {
        var servers = _servers.Current;
        lock (_noticing)
        {
            if (!servers.SequenceEqual(_known) && !_closing.IsCancellationRequested)
            {
                var added = servers.RemoveRange(_known);
                _known = servers;
                _health.KeepOnly(servers);
                Log.Servers(_logger, servers.IsEmpty ? "none" : string.Join(", ", servers));
                _probing = Task.WhenAll(_probing, Loops.RunAsync(added, _closing.Token));
            }
        }

        return _health.Sort(servers);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _probing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_asking.Values.Select(static one => (Task)one.Value)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task<EncodedAnswer?> FetchAsync(byte[] key)
    {
        await Task.Yield(); // The entry that others wait at must be there before it is taken away again.
        try
        {
            var answer = await AskAllAsync(key, _closing.Token);
            return answer is null ? null : Keep(key, answer);
        }
        finally
        {
            _asking.TryRemove(key, out _);
        }
    }

    private EncodedAnswer Keep(byte[] key, EncodedAnswer answer)
    {
        var lifetime = AnswerLifetime.Of(answer);
        answer = answer with { Since = _time.GetTimestamp(), Lifetime = lifetime };
        if (lifetime > TimeSpan.Zero)
        {
            _cache.Put(key, answer);
        }

        return answer;
    }

    private async Task<EncodedAnswer?> AskAllAsync(byte[] key, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var attempts = AttemptsOver(Notice()).ToList();
        var running = new List<Task<UpstreamReply>>();
        EncodedAnswer? refusal = null;
        try
        {
            while (attempts.Count > 0 || running.Count > 0)
            {
                if (attempts.Count > 0)
                {
                    running.Add(AskAsync(attempts[0], key, ending.Token));
                    attempts.RemoveAt(0);
                }

                if (await FirstAsync(running, attempts.Count > 0, ending.Token) is not { } finished)
                {
                    continue; // A second is over.
                }

                running.Remove(finished);
                var (server, answer) = await finished;
                if (answer is { Status: DnsStatus.NoError or DnsStatus.NameError })
                {
                    return answer;
                }

                // Who refuses once does so again.
                attempts.RemoveAll(next => answer is not null && next.Equals(server));
                refusal ??= answer;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody answered in time.
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return refusal;
    }

    /// <summary>Each once, and again from the start, in case a packet was lost.</summary>
    private static IEnumerable<IPEndPoint> AttemptsOver(ImmutableArray<IPEndPoint> servers)
    {
        var count = servers.IsEmpty ? 0 : Math.Clamp(servers.Length, AttemptsMin, AttemptsMax);
        return Enumerable.Range(0, count).Select(attempt => servers[attempt % servers.Length]);
    }

    /// <summary>The first one that ends; null when it is time for the next attempt.</summary>
    private async Task<Task<UpstreamReply>?> FirstAsync(
        List<Task<UpstreamReply>> running, bool hasNext, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var patience = Task.Delay(hasNext ? NextAfter : Timeout.InfiniteTimeSpan, _time, waiting.Token);
        var first = await Task.WhenAny([.. running, patience]);
        await waiting.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first as Task<UpstreamReply>;
    }

    private async Task<UpstreamReply> AskAsync(IPEndPoint server, byte[] key, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            var answer = await UpstreamExchange.AskAsync(server, key, cancellationToken);
            if (answer is null)
            {
                _health.Failed(server);
            }
            else
            {
                _health.Answered(server);
            }

            return new UpstreamReply(server, answer);
        }
        catch (OperationCanceledException) when (_time.GetElapsedTime(started) >= NextAfter)
        {
            _health.Failed(server);
            throw;
        }
    }

    private readonly record struct UpstreamReply(IPEndPoint Server, EncodedAnswer? Answer);

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Information, "Names outside the cluster are asked of: {Servers}")]
        public static partial void Servers(ILogger logger, string servers);
    }
}
