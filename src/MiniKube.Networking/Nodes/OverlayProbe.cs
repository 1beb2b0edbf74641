using System.Collections.Immutable;
using System.Net.NetworkInformation;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Notices that a firewall between two machines drops the packets of pods: now and then one ping to the first pod address of
/// every ready node, over the way pods' packets take. Two in a row without an answer are a problem, which ends with an answer.
/// </summary>
internal sealed class OverlayProbe(
    NodeNetworkOptions options, MachineNamespace machine, Func<ImmutableArray<PeerNode>> peers, Action changed, TimeProvider time)
    : ClusterComponent
{
    // Cheap enough for hundreds of nodes, soon enough for a person who wonders.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MissesMax = 2;
    private const int PingsAtOnceMax = 16;

    private readonly Dictionary<string, int> _misses = [];
    private ImmutableArray<NetworkProblem> _problems = [];

    public override string Name => "overlay-probe";

    /// <summary>Nodes that do not answer.</summary>
    public ImmutableArray<NetworkProblem> Problems => _problems;

    /// <summary>One round; for tests without the beat.</summary>
    internal async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var ready = peers().Where(static peer => peer.IsReady).ToList();
        var silent = new List<PeerNode>();
        foreach (var chunk in ready.Chunk(PingsAtOnceMax))
        {
            var answers = await Task.WhenAll(chunk.Select(AnswersAsync)).WaitAsync(cancellationToken);
            silent.AddRange(chunk.Where((_, i) => !answers[i]));
        }

        var problems = Count(silent);
        if (!problems.SequenceEqual(_problems))
        {
            _problems = problems;
            changed();
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var beat = new PeriodicTimer(Beat, time);
        SignalReady();
        while (await beat.WaitForNextTickAsync(stopping))
        {
            await ProbeAsync(stopping);
        }
    }

    private ImmutableArray<NetworkProblem> Count(List<PeerNode> silent)
    {
        foreach (var gone in _misses.Keys.Except(silent.Select(static peer => peer.Name)).ToList())
        {
            _misses.Remove(gone);
        }

        foreach (var peer in silent)
        {
            _misses[peer.Name] = _misses.GetValueOrDefault(peer.Name) + 1;
        }

        return [.. silent.Where(peer => _misses[peer.Name] >= MissesMax).Select(ProblemOf)];
    }

    private NetworkProblem ProblemOf(PeerNode peer) => options.Backend == NetworkBackend.Vxlan
        ? new("OverlayBlocked", $"node {peer.Name} ({peer.Address}) does not answer over the pod network; "
            + $"let UDP port {options.VxlanPort} through in both directions between the machines")
        : new("OverlayBlocked", $"node {peer.Name} ({peer.Address}) does not answer over the pod network; "
            + $"let packets of {options.ClusterCidr} through between the machines");

    private async Task<bool> AnswersAsync(PeerNode peer)
    {
        try
        {
            using var ping = new Ping();
            var reply = await machine.Run(
                () => ping.SendPingAsync(peer.PodCidr.AddressAt(1), (int)Patience.TotalMilliseconds));
            return reply.Status == IPStatus.Success;
        }
        catch (PingException)
        {
            return false; // No route, or no permission to send: it does not answer.
        }
    }
}
