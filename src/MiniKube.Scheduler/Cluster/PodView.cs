using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>A pod as scheduling sees it: computed once per version of the pod, immutable.</summary>
internal sealed record PodView
{
    public required V1Pod Pod { get; init; }

    public required ObjectKey Key { get; init; }

    public required string Uid { get; init; }

    public required ResourceAmounts Requests { get; init; }

    /// <summary>Requests for comparing nodes: who asks for nothing uses something all the same.</summary>
    public required ResourceAmounts UsualRequests { get; init; }

    public required ImmutableArray<HostPort> HostPorts { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The uid of the managing owner; null for a pod of its own.</summary>
    public string? OwnerUid { get; init; }

    public int Priority => Pod.Spec.Priority ?? 0;

    public IList<V1Toleration> Tolerations => Pod.Spec.Tolerations ?? [];

    /// <summary>Required terms against other pods; they bind newcomers too.</summary>
    public IList<V1PodAffinityTerm> AntiAffinity
        => Pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];

    public static PodView Of(V1Pod pod) => new()
    {
        Pod = pod,
        Key = pod.Key(),
        Uid = pod.Metadata.Uid,
        Requests = PodRequests.Of(pod.Spec),
        UsualRequests = PodRequests.UsualOf(pod.Spec),
        HostPorts = HostPort.Of(pod.Spec),
        Labels = LabelsOf(pod.Metadata.Labels),
        OwnerUid = pod.ControllerRef()?.Uid,
    };

    /// <summary>A model's labels for reading; none is an empty set.</summary>
    public static IReadOnlyDictionary<string, string> LabelsOf(IDictionary<string, string>? labels) => labels switch
    {
        null => ImmutableDictionary<string, string>.Empty,
        IReadOnlyDictionary<string, string> readable => readable,
        _ => labels.ToDictionary(),
    };
}

/// <summary>A port of the node that a container takes.</summary>
internal readonly record struct HostPort(string Address, string Protocol, int Port)
{
    private const string AnyAddress = "0.0.0.0";

    public static ImmutableArray<HostPort> Of(V1PodSpec spec)
        => [.. spec.Containers.Concat((spec.InitContainers ?? []).Where(static one => one.RestartPolicy == "Always"))
            .SelectMany(static container => container.Ports ?? [])
            .Where(static port => port.HostPort > 0)
            .Select(static port => new HostPort(
                string.IsNullOrEmpty(port.HostIP) ? AnyAddress : port.HostIP, port.Protocol ?? "TCP", port.HostPort ?? 0))];

    public bool Conflicts(HostPort other)
        => Port == other.Port
            && Protocol == other.Protocol
            && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);
}
