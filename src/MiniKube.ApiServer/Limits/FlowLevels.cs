using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Kubernetes' default priority levels, and who is in which by its default FlowSchemas.
/// https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults
/// </summary>
internal static class FlowLevels
{
    private const string SystemAccounts = "system:serviceaccounts:kube-system";
    private const string Accounts = "system:serviceaccounts";

    /// <summary>Administrators: whoever has to put a busy server right must get in.</summary>
    public static FlowLevel Exempt { get; } = new("exempt", Shares: 0, LendablePercent: 0);

    public static FlowLevel LeaderElection { get; } = new("leader-election", Shares: 10, LendablePercent: 0, Queues: 16, HandSize: 4);

    public static FlowLevel NodeHigh { get; } = new("node-high", Shares: 40, LendablePercent: 25);

    public static FlowLevel System { get; } = new("system", Shares: 30, LendablePercent: 33);

    public static FlowLevel WorkloadHigh { get; } = new("workload-high", Shares: 40, LendablePercent: 50, Queues: 128);

    public static FlowLevel WorkloadLow { get; } = new("workload-low", Shares: 100, LendablePercent: 90, Queues: 128);

    public static FlowLevel GlobalDefault { get; } = new("global-default", Shares: 20, LendablePercent: 50, Queues: 128);

    public static FlowLevel CatchAll { get; } = new("catch-all", Shares: 5, LendablePercent: 0, Queues: 16, HandSize: 4);

    /// <summary>All that are limited.</summary>
    public static ImmutableArray<FlowLevel> Limited { get; }
        = [LeaderElection, NodeHigh, System, WorkloadHigh, WorkloadLow, GlobalDefault, CatchAll];

    /// <param name="user">Who asks.</param>
    /// <param name="request">What for; null for a path that is no resource.</param>
    public static Flow Of(UserInfo user, ResourceRequest? request)
    {
        var groups = user.Groups;
        if (groups.Contains(UserInfo.Masters))
        {
            return new Flow(Exempt, "");
        }

        if (user.NodeName is not null)
        {
            return new Flow(IsHeartbeat(request) ? NodeHigh : System, user.Name);
        }

        if (groups.Contains(SystemAccounts))
        {
            return new Flow(IsLease(request) ? LeaderElection : WorkloadHigh, $"{user.Name} {request?.AskedNamespace}");
        }

        return new Flow(
            groups.Contains(Accounts) ? WorkloadLow : user.IsAnonymous ? CatchAll : GlobalDefault, user.Name);
    }

    private static bool IsHeartbeat(ResourceRequest? request)
        => IsLease(request) || request is { Subresource: "status", Definition: NodeResource };

    private static bool IsLease(ResourceRequest? request) => request?.Definition is LeaseResource;
}
