using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Benchmarks;

/// <summary>
/// What idle nodes cost a running server: <c>idle-nodes https://HOST:PORT DATA-DIR SERVER-PID COUNT SECONDS</c>. Needs the authority's
/// key in the data directory, to make a certificate for each node.
/// </summary>
internal static class IdleNodesRun
{
    private const int AtOnce = 16;
    private const double TicksPerSecond = 100; // USER_HZ of Linux.

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (server, data, process) = (new Uri(args[0]), args[1], args[2]);
        var (count, seconds) = (int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture));
        using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(data, "pki", "ca.crt")));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(data, "pki", "ca.key")));
        var before = Resident(process);

        var nodes = Enumerable.Range(0, count).Select(i => new IdleNode($"idle-{i}", server, authority, key)).ToArray();
        await Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            static async (node, stopping) => await node.StartAsync(stopping));
        Say($"{count} nodes: resident {before} MB before, {Resident(process)} MB with them");

        // The first beats after the start bring what the controllers still do with new nodes.
        await BeatAsync(nodes, 2, [], cancellationToken);
        var took = new ConcurrentBag<double>();
        var (cpu, started, watched) = (Cpu(process), TimeProvider.System.GetTimestamp(), nodes.Sum(static node => node.Watched));
        await BeatAsync(nodes, seconds / (int)Beat.TotalSeconds, took, cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var sorted = took.Order().ToArray();
        Say($"{elapsed:0} s: {100 * (Cpu(process) - cpu) / elapsed:0.0} % of a core, resident {Resident(process)} MB");
        Say($"{took.Count / elapsed:0} renewals/s, p50 {sorted[sorted.Length / 2]:0.0} ms, p99 {sorted[sorted.Length * 99 / 100]:0.0} ms");
        Say($"{(nodes.Sum(static node => node.Watched) - watched) / 1e3:0} kB came by watches");
        foreach (var node in nodes)
        {
            node.Dispose();
        }
    }

    private static Task BeatAsync(IdleNode[] nodes, int beats, ConcurrentBag<double> took, CancellationToken stopping)
        => Task.WhenAll(nodes.Select(async (node, index) =>
        {
            // Nodes do not start at the same moment.
            await Task.Delay(Beat * ((double)index / nodes.Length), TimeProvider.System, stopping);
            using var timer = new PeriodicTimer(Beat, TimeProvider.System);
            for (var beat = 0; beat < beats; beat++)
            {
                var started = TimeProvider.System.GetTimestamp();
                await node.RenewAsync(TimeProvider.System.GetUtcNow(), stopping);
                took.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                if ((beat + index) % 6 == 0)
                {
                    await node.AskAuthoritiesAsync(stopping);
                }

                await timer.WaitForNextTickAsync(stopping);
            }
        }));

    private static double Cpu(string process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(' ');
        return fields[13..15].Sum(static ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long Resident(string process)
        => long.Parse(
            File.ReadLines($"/proc/{process}/status").Single(static line => line.StartsWith("VmRSS", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
