using System.Collections.Concurrent;

namespace MiniKube.ApiServer;

/// <summary>
/// Counts requests and how long they took. Costs a dictionary look-up and three additions per request.
/// </summary>
internal sealed class RequestMetrics
{
    /// <summary>Upper bounds of the duration buckets, in seconds.</summary>
    public static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(RequestLabels Labels, int Code), Counter> _counters = new();

    public IEnumerable<KeyValuePair<(RequestLabels Labels, int Code), Counter>> Counters => _counters;

    /// <summary>One request is done. How long a watch stayed says nothing, so it counts as no time.</summary>
    public void Record(RequestLabels labels, int code, TimeSpan took)
        => _counters.GetOrAdd((labels, code), static _ => new Counter()).Add(
            labels.Verb == "watch" ? TimeSpan.Zero : took);

    internal sealed class Counter
    {
        private readonly long[] _buckets = new long[Bounds.Length + 1];
        private long _ticks;

        public long Count => _buckets.Sum();

        public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

        public ReadOnlySpan<long> Buckets => _buckets;

        public void Add(TimeSpan took)
        {
            var bucket = Array.BinarySearch(Bounds, took.TotalSeconds);
            Interlocked.Increment(ref _buckets[bucket < 0 ? ~bucket : bucket]);
            Interlocked.Add(ref _ticks, took.Ticks);
        }
    }
}

/// <summary>What a request is counted as; a request for no known resource has none.</summary>
internal readonly record struct RequestLabels(string Verb, string Resource);
