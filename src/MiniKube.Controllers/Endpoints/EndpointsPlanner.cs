using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// The older form of a service's endpoints: one object with subsets of addresses that share ports. At most a thousand
/// addresses, ready ones first, as Kubernetes has it.
/// </summary>
internal static class EndpointsPlanner
{
    private const string ManagedByLabel = "endpoints.kubernetes.io/managed-by";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const string ManagedBy = "endpoint-controller";
    private const int AddressesMax = 1_000;

    public static V1Endpoints Plan(V1Service service, IReadOnlyList<V1Pod> pods, V1Endpoints? existing)
    {
        // A pod that is shutting down gets no new connections, unless the service wants every address there is.
        var published = pods.Where(pod => !IsDeleting(pod) || service.Spec.PublishNotReadyAddresses == true).ToList();
        var kept = published.OrderByDescending(static pod => pod.IsReady()).Take(AddressesMax);
        var metadata = existing?.Metadata ?? new V1ObjectMeta
        {
            Name = service.Metadata.Name,
            NamespaceProperty = service.Metadata.NamespaceProperty,
        };
        return new V1Endpoints
        {
            ApiVersion = "v1",
            Kind = "Endpoints",
            Metadata = metadata with
            {
                Labels = LabelsOf(service),
                Annotations = AnnotationsOf(existing, isTruncated: published.Count > AddressesMax),
            },
            Subsets = SubsetsOf(service, kept),
        };
    }

    /// <summary>True when this controller made the object; others are left alone.</summary>
    public static bool IsOurs(V1Endpoints item)
        => item.Metadata.Labels?.TryGetValue(ManagedByLabel, out var manager) == true && manager == ManagedBy;

    public static bool IsSame(V1Endpoints left, V1Endpoints right)
        => Same.Content(Shown(left), Shown(right));

    private static V1Endpoints Shown(V1Endpoints item) => item with
    {
        Metadata = new V1ObjectMeta { Labels = item.Metadata.Labels, Annotations = item.Metadata.Annotations },
    };

    private static List<V1EndpointSubset> SubsetsOf(V1Service service, IEnumerable<V1Pod> pods)
        => [.. pods
            .Select(pod => (Pod: pod, Ports: PortsOf(service, pod)))
            .Where(one => one.Ports.Count > 0 || service.IsHeadless())
            .GroupBy(static one => string.Join(",", one.Ports.Select(static port => $"{port.Name}:{port.Port}/{port.Protocol}")))
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => new V1EndpointSubset
            {
                Addresses = AddressesOf(service, group.Select(static one => one.Pod), ready: true),
                NotReadyAddresses = AddressesOf(service, group.Select(static one => one.Pod), ready: false),
                Ports = group.First().Ports,
            })];

    private static List<Corev1EndpointPort> PortsOf(V1Service service, V1Pod pod)
        => [.. (service.Spec.Ports ?? [])
            .Select(port => (Port: port, Number: ServicePods.PortOn(pod, port)))
            .Where(static one => one.Number is not null)
            .Select(static one => new Corev1EndpointPort
            {
                Name = string.IsNullOrEmpty(one.Port.Name) ? null : one.Port.Name,
                Port = one.Number!.Value,
                Protocol = one.Port.Protocol ?? "TCP",
                AppProtocol = one.Port.AppProtocol,
            })
            .OrderBy(static port => port.Name, StringComparer.Ordinal)];

    private static List<V1EndpointAddress>? AddressesOf(V1Service service, IEnumerable<V1Pod> pods, bool ready)
    {
        var addresses = pods
            .Where(pod => (pod.IsReady() || service.Spec.PublishNotReadyAddresses == true) == ready)
            .OrderBy(static pod => pod.Status.PodIP, StringComparer.Ordinal)
            .Select(pod => new V1EndpointAddress
            {
                Ip = pod.Status.PodIP,
                NodeName = pod.Spec.NodeName,
                Hostname = ServicePods.HostnameOf(service, pod),
                TargetRef = new V1ObjectReference
                {
                    Kind = "Pod",
                    Name = pod.Metadata.Name,
                    NamespaceProperty = pod.Metadata.NamespaceProperty,
                    Uid = pod.Metadata.Uid,
                },
            })
            .ToList();
        return addresses.Count == 0 ? null : addresses;
    }

    private static Dictionary<string, string> LabelsOf(V1Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            [ManagedByLabel] = ManagedBy,
        };
        if (service.IsHeadless())
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        return labels;
    }

    private static Dictionary<string, string> AnnotationsOf(V1Endpoints? existing, bool isTruncated)
    {
        var annotations = new Dictionary<string, string>(existing?.Metadata.Annotations ?? new Dictionary<string, string>());
        annotations.Remove(OverCapacity);
        if (isTruncated)
        {
            annotations[OverCapacity] = "truncated";
        }

        return annotations;
    }

    private static bool IsDeleting(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;
}
