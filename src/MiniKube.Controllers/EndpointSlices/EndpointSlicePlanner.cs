using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Slices to write. What is in none of the three lists is right as it is.</summary>
internal sealed record EndpointSlicePlan(
    ImmutableArray<V1EndpointSlice> Create, ImmutableArray<V1EndpointSlice> Update, ImmutableArray<V1EndpointSlice> Delete);

/// <summary>
/// Puts the pods of a service into slices of at most a hundred. Pods stay in the slice they are in, new ones fill up slices that have
/// room, so that a change touches as few slices as can be. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
/// </summary>
internal static class EndpointSlicePlanner
{
    public const string ManagedBy = "endpointslice-controller.k8s.io";
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    private const int EndpointsMax = 100;

    /// <param name="service">A service with a selector.</param>
    /// <param name="pods">The pods behind it.</param>
    /// <param name="existing">The slices of the service that this controller manages.</param>
    /// <param name="zoneOf">The zone of a node, or null.</param>
    public static EndpointSlicePlan Plan(
        V1Service service,
        IReadOnlyList<V1Pod> pods,
        IReadOnlyCollection<V1EndpointSlice> existing,
        Func<string, string?> zoneOf)
    {
        var drafts = new List<SliceDraft>();
        foreach (var family in FamiliesOf(service))
        {
            var groups = Groups(service, pods, family, zoneOf);
            foreach (var group in groups)
            {
                var ours = existing.Where(slice => IsOf(slice, family, group.Ports));
                drafts.AddRange(Fill(group, family, ours));
            }
        }

        var kept = drafts.Where(static draft => draft.Existing is not null).Select(static draft => draft.Existing!.Metadata.Name).ToHashSet();
        var written = drafts.Select(draft => (draft.Existing, Slice: SliceOf(service, draft))).ToList();
        return new EndpointSlicePlan(
            Create: [.. written.Where(static one => one.Existing is null).Select(static one => one.Slice)],
            Update: [.. written.Where(static one => one.Existing is not null && !IsSame(one.Existing, one.Slice)).Select(static one => one.Slice)],
            Delete: [.. existing.Where(slice => !kept.Contains(slice.Metadata.Name))]);
    }

    private static IEnumerable<string> FamiliesOf(V1Service service)
        => service.Spec.IpFamilies is { Count: > 0 } families ? families : ["IPv4"];

    // Pods whose named ports have different numbers cannot share a slice. Without any pod there is one empty slice, so that watchers
    // can tell "no endpoints" from "not looked at yet".
    private static List<EndpointGroup> Groups(
        V1Service service, IReadOnlyList<V1Pod> pods, string family, Func<string, string?> zoneOf)
    {
        var groups = pods
            .Select(pod => (Pod: pod, Address: AddressOf(pod, family)))
            .Where(static one => one.Address is not null)
            .Select(one => (Ports: PortsOf(service, one.Pod), Endpoint: EndpointOf(service, one.Pod, one.Address!, zoneOf)))
            .Where(one => one.Ports.Count > 0 || service.IsHeadless())
            .GroupBy(static one => PortKey(one.Ports))
            .Select(static group => new EndpointGroup(group.First().Ports, [.. group.Select(static one => one.Endpoint)]))
            .ToList();
        return groups.Count > 0 ? groups : [new EndpointGroup([], [])];
    }

    private static List<Discoveryv1EndpointPort> PortsOf(V1Service service, V1Pod pod)
        => [.. (service.Spec.Ports ?? [])
            .Select(port => (Port: port, Number: ServicePods.PortOn(pod, port)))
            .Where(static one => one.Number is not null)
            .Select(static one => new Discoveryv1EndpointPort
            {
                Name = one.Port.Name ?? "",
                Port = one.Number,
                Protocol = one.Port.Protocol ?? "TCP",
                AppProtocol = one.Port.AppProtocol,
            })];

    private static V1Endpoint EndpointOf(V1Service service, V1Pod pod, string address, Func<string, string?> zoneOf)
    {
        var serving = pod.IsReady();
        var terminating = pod.IsDeleting();
        var hasHostname = !string.IsNullOrEmpty(pod.Spec.Hostname) && pod.Spec.Subdomain == service.Metadata.Name;
        return new V1Endpoint
        {
            Addresses = [address],
            Conditions = new V1EndpointConditions
            {
                Ready = service.Spec.PublishNotReadyAddresses == true || (serving && !terminating),
                Serving = serving,
                Terminating = terminating,
            },
            NodeName = pod.Spec.NodeName,
            Zone = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : zoneOf(pod.Spec.NodeName),
            Hostname = hasHostname ? pod.Spec.Hostname : null,
            TargetRef = new V1ObjectReference
            {
                Kind = "Pod",
                Name = pod.Metadata.Name,
                NamespaceProperty = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
            },
        };
    }

    private static string? AddressOf(V1Pod pod, string family)
    {
        var wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return (pod.Status.PodIPs ?? []).Select(static one => one.Ip).Append(pod.Status.PodIP)
            .FirstOrDefault(ip => IPAddress.TryParse(ip, out var address) && address.AddressFamily == wanted);
    }

    private static IEnumerable<SliceDraft> Fill(EndpointGroup group, string family, IEnumerable<V1EndpointSlice> slices)
    {
        var wanted = group.Endpoints.ToDictionary(static endpoint => endpoint.TargetRef.Uid);
        var drafts = slices
            .OrderBy(static slice => slice.Metadata.Name, StringComparer.Ordinal)
            .Select(slice => new SliceDraft(family, group.Ports, slice, [.. TakeKnown(slice, wanted)]))
            .ToList();
        var rest = new Queue<V1Endpoint>(group.Endpoints.Where(endpoint => wanted.ContainsKey(endpoint.TargetRef.Uid)));

        // Slices that change anyway, and then the fullest, get the new ones.
        foreach (var draft in drafts.OrderByDescending(static draft => draft.LostSome).ThenByDescending(static draft => draft.Endpoints.Count))
        {
            FillUp(draft, rest);
        }

        while (rest.Count > 0)
        {
            var draft = new SliceDraft(family, group.Ports, Existing: null, []);
            FillUp(draft, rest);
            drafts.Add(draft);
        }

        var used = drafts.Where(static draft => draft.Endpoints.Count > 0).ToList();
        if (used.Count > 0 || group.Endpoints.Count > 0)
        {
            return used;
        }

        return [drafts.FirstOrDefault() ?? new SliceDraft(family, group.Ports, Existing: null, [])];
    }

    private static IEnumerable<V1Endpoint> TakeKnown(V1EndpointSlice slice, Dictionary<string, V1Endpoint> wanted)
    {
        foreach (var known in slice.Endpoints ?? [])
        {
            if (known.TargetRef?.Uid is { } uid && wanted.Remove(uid, out var endpoint))
            {
                yield return endpoint;
            }
        }
    }

    private static void FillUp(SliceDraft draft, Queue<V1Endpoint> rest)
    {
        while (draft.Endpoints.Count < EndpointsMax && rest.TryDequeue(out var endpoint))
        {
            draft.Endpoints.Add(endpoint);
        }
    }

    private static V1EndpointSlice SliceOf(V1Service service, SliceDraft draft) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        AddressType = draft.Family,
        Ports = draft.Ports,
        Endpoints = draft.Endpoints,
        Metadata = draft.Existing is { } existing
            ? existing.Metadata with { Labels = LabelsOf(service) }
            : new V1ObjectMeta
            {
                GenerateName = $"{service.Metadata.Name}-",
                NamespaceProperty = service.Metadata.NamespaceProperty,
                Labels = LabelsOf(service),
                OwnerReferences = [ObjectType<V1Service>.ControllerRefTo(service)],
            },
    };

    private static Dictionary<string, string> LabelsOf(V1Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            [ServiceNameLabel] = service.Metadata.Name,
            [ManagedByLabel] = ManagedBy,
        };
        if (service.IsHeadless())
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        return labels;
    }

    private static bool IsOf(V1EndpointSlice slice, string family, List<Discoveryv1EndpointPort> ports)
        => slice.AddressType == family && PortKey(slice.Ports ?? []) == PortKey(ports);

    private static bool IsSame(V1EndpointSlice left, V1EndpointSlice right)
        => Same.Content(
            left with { Metadata = new V1ObjectMeta { Labels = left.Metadata.Labels } },
            right with { Metadata = new V1ObjectMeta { Labels = right.Metadata.Labels } });

    private static string PortKey(IEnumerable<Discoveryv1EndpointPort> ports)
        => string.Join(",", ports.Select(static port => $"{port.Name}:{port.Port}/{port.Protocol}/{port.AppProtocol}").Order(StringComparer.Ordinal));

    private sealed record EndpointGroup(List<Discoveryv1EndpointPort> Ports, List<V1Endpoint> Endpoints);

    private sealed record SliceDraft(
        string Family, List<Discoveryv1EndpointPort> Ports, V1EndpointSlice? Existing, List<V1Endpoint> Endpoints)
    {
        public bool LostSome { get; } = Existing is not null && Endpoints.Count < (Existing.Endpoints?.Count ?? 0);
    }
}
