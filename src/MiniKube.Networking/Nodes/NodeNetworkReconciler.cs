using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Brings this machine's ways to other nodes' pods, and what this node says of itself, to what nodes and machine are now.
/// </summary>
internal sealed partial class NodeNetworkReconciler(
    NodeNetworkOptions options, Informer<V1Node> nodes, NodeAnnouncer announcer, EventRecorder events, ILogger logger)
    : IReconciler, IDisposable
{
    // What a person must change (a port, a route, a module) may be changed, and nobody tells.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private const int ProblemsToldMax = 3;

    private readonly ObjectKey _key = ObjectKey.Cluster(options.NodeName);
    private readonly Lazy<RouteNetlink> _netlink = new(new MachineNamespace(options.NamespacePath).OpenNetlink);
    private readonly TaskCompletionSource _setUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<NetworkProblem> _told = [];

    /// <summary>Completes when the node has its pod addresses and reaches every node it knows of.</summary>
    public Task SetUp => _setUp.Task;

    /// <summary>Problems found by trying, which no look at the machine shows.</summary>
    public Func<ImmutableArray<NetworkProblem>> Tried { get; set; } = static () => [];

    /// <summary>The nodes that a way leads to now.</summary>
    public ImmutableArray<PeerNode> Reached { get; private set; } = [];

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (nodes.Find(_key) is not { } node || PeerNode.PodCidrOf(node) is not { } podCidr)
        {
            return ReconcileResult.Done; // Its registration, or its addresses, bring us back.
        }

        var machine = MachineView.Read(_netlink.Value);
        FollowNodeIp(machine);
        var (failure, problems) = Program(machine, podCidr);
        problems = [.. problems, .. Tried()];
        Tell(node, failure, problems);
        await announcer.WriteAsync(
            node,
            new NodeAnnouncement
            {
                Annotations = NodeAnnouncer.AnnotationsOf(options.Backend, options.Address.Current, podCidr),
                Failure = failure,
                Trouble = Summary(problems),
            },
            cancellationToken);
        if (failure is null)
        {
            _setUp.TrySetResult();
        }

        return failure is null && problems.IsEmpty ? ReconcileResult.Done : ReconcileResult.After(TryAgain);
    }

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
        {
            _netlink.Value.Dispose();
        }
    }

    /// <summary>Also without a start: takes everything of the instance's off the machine.</summary>
    public void RemoveAll() => new OverlayProgrammer(_netlink.Value, options).RemoveAll();

    private (NetworkProblem? Failure, ImmutableArray<NetworkProblem> Problems) Program(MachineView machine, IPNetwork podCidr)
    {
        if (HostConflict.Find(machine, options.ClusterCidr, options.InstanceName) is { } conflict)
        {
            return (conflict, []);
        }

        var peers = nodes.All.Select(PeerNode.Of).OfType<PeerNode>().ToList();
        var plan = OverlayPlanner.Plan(options, podCidr, options.Address.Current, peers, machine);
        try
        {
            var problems = new OverlayProgrammer(_netlink.Value, options).Apply(plan);
            var reached = plan.Routes.Select(static route => route.Destination).ToHashSet();
            Reached = [.. peers.Where(peer => reached.Contains(peer.PodCidr))];
            return (null, [.. plan.Problems, .. problems]);
        }
        catch (NetlinkException refused)
        {
            return (DeviceProblem(refused), plan.Problems);
        }
    }

    private void FollowNodeIp(MachineView machine)
    {
        var before = options.Address.Current;
        var now = machine.NodeIpAfter(before, static link => link.Name.StartsWith("mk-") || link.Name is "lo" or "docker0");
        if (options.FollowsMachine && options.Address.Replace(now))
        {
            Log.NodeIpChanged(logger, before, now);
        }
    }

    private NetworkProblem DeviceProblem(NetlinkException refused) => refused.Errno switch
    {
        Errno.EOPNOTSUPP => new(
            "VxlanUnsupported",
            "this kernel has no VXLAN; load the module vxlan (modprobe vxlan), or start the servers with "
            + "--network-backend host-gw if all nodes are on one segment, and then the agents again"),
        Errno.EADDRINUSE => new(
            "VxlanPortTaken",
            $"UDP port {options.VxlanPort} is taken by another program, so nothing reaches pods of other nodes; "
            + "end it, or start the servers with another --vxlan-port and then the agents again"),
        Errno.EEXIST => new(
            "VxlanIdTaken",
            $"another VXLAN device of this machine has id {options.VxlanId} on port {options.VxlanPort} "
            + "(see ip -d link show type vxlan); start the servers with another --vxlan-id and then the agents again"),
        Errno.EPERM => new("NotPermitted", "reaching pods of other nodes takes root; start MiniKube as root"),
        _ => new("DeviceRefused", refused.Message),
    };

    private static NetworkProblem? Summary(ImmutableArray<NetworkProblem> problems)
    {
        if (problems.IsEmpty)
        {
            return null;
        }

        var told = problems.Take(ProblemsToldMax).Select(static problem => problem.Message);
        var more = problems.Length > ProblemsToldMax ? $" | and {problems.Length - ProblemsToldMax} more" : "";
        return new NetworkProblem(problems[0].Reason, string.Join(" | ", told) + more);
    }

    /// <summary>Once per problem, until it is gone and comes again.</summary>
    private void Tell(V1Node node, NetworkProblem? failure, ImmutableArray<NetworkProblem> problems)
    {
        ImmutableArray<NetworkProblem> all = failure is null ? problems : [failure, .. problems];
        _told.RemoveWhere(told => !all.Contains(told));
        foreach (var problem in all.Where(_told.Add))
        {
            events.Warning(node, problem.Reason, problem.Message);
            Log.Problem(logger, problem.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5400, LogLevel.Warning, "Pod network: {Problem}")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(5401, LogLevel.Information, "The address of this node was {Before} and is {Now}")]
        public static partial void NodeIpChanged(ILogger logger, IPAddress before, IPAddress now);
    }
}
