using System.Collections.Concurrent;

namespace MiniKube.ApiServer;

/// <summary>Counts requests and how long they took. Costs a dictionary look-up and three additions per request.</summary>
internal sealed class RequestMetrics
{
    /// <summary>Upper bounds of the duration buckets, in seconds.</summary>
    public static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Verb, string Resource, int Code), Counter> _counters = new();

    public IEnumerable<KeyValuePair<(string Verb, string Resource, int Code), Counter>> Counters => _counters;

    /// <summary>One request is done.</summary>
    public void Record(string verb, string resource, int code, TimeSpan took)
        => _counters.GetOrAdd((verb, resource, code), static _ => new Counter()).Add(took);

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
