using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Gives services their addresses and node ports, each to one service only, whatever happens at the same time.
/// </summary>
/// <param name="addresses">The service network.</param>
/// <param name="nodePorts">The node port range.</param>
/// <param name="random">Which free one is drawn.</param>
/// <param name="time">How long an unfinished write keeps what it was given.</param>
internal sealed class ServiceAllocator(ServiceAddresses addresses, ServiceNodePorts nodePorts, Random random, TimeProvider time)
{
    private readonly SlotLeases _addresses = new(addresses.Range, random, time);
    private readonly SlotLeases _nodePorts = new(nodePorts.Range, random, time);

    /// <summary>Takes what a stored service has: for every one at start, and for those about to be changed or deleted.</summary>
    public void Confirm(V1Service service)
    {
        var (owner, claims) = (KeyOf(service), ServiceClaims.Of(service));
        foreach (var slot in claims.Addresses.Select(addresses.SlotOf).OfType<int>())
        {
            _addresses.Confirm(slot, owner);
        }

        foreach (var slot in claims.NodePorts.Select(nodePorts.SlotOf).OfType<int>())
        {
            _nodePorts.Confirm(slot, owner);
        }
    }

    /// <summary>Fills in what the service needs and does not name, and takes all of it.</summary>
    /// <param name="service">Changed in place.</param>
    /// <param name="find">The stored service of a key, now.</param>
    /// <param name="dryRun">Fill in, but take nothing.</param>
    /// <exception cref="ApiException">Something asked for is taken or out of range, or nothing is left.</exception>
    public void Allocate(V1Service service, Func<ObjectKey, V1Service?> find, bool dryRun)
    {
        AllocateAddress(service, new SlotClaim(KeyOf(service), HoldsAddress, dryRun));
        AllocateNodePorts(service, new SlotClaim(KeyOf(service), HoldsNodePort, dryRun));

        bool HoldsAddress(ObjectKey owner, int slot) => ServiceClaims.Of(find(owner)).Addresses.Contains(addresses.AddressOf(slot));

        bool HoldsNodePort(ObjectKey owner, int slot) => ServiceClaims.Of(find(owner)).NodePorts.Contains(nodePorts.PortOf(slot));
    }

    private void AllocateAddress(V1Service service, SlotClaim claim)
    {
        var spec = service.Spec;
        if (!ServiceAllocatedFields.HasClusterAddress(spec) || spec.ClusterIP == "None")
        {
            return;
        }

        if (string.IsNullOrEmpty(spec.ClusterIP))
        {
            var slot = _addresses.TakeAny(claim) ?? throw Full("service IP", addresses.Cidr, "--service-cidr");
            spec.ClusterIP = addresses.AddressOf(slot);
        }
        else if (ProblemWith(spec.ClusterIP, claim) is { } problem)
        {
            Refuse(service, "spec.clusterIPs", new[] { spec.ClusterIP }, $"failed to allocate IP {spec.ClusterIP}: {problem}");
        }

        if (spec.ClusterIPs is not { Count: > 0 })
        {
            spec.ClusterIPs = [spec.ClusterIP];
        }
    }

    private string? ProblemWith(string address, SlotClaim claim)
    {
        if (addresses.SlotOf(address) is not { } slot)
        {
            return $"the provided IP ({address}) is not in the valid range. The range of valid IPs is {addresses.Cidr}";
        }

        return _addresses.TryTake(slot, claim) ? null : "provided IP is already allocated";
    }

    private void AllocateNodePorts(V1Service service, SlotClaim claim)
    {
        var ports = service.Spec.Ports ?? [];
        for (var index = 0; index < ports.Count; index++)
        {
            // Named ones first, so that none of them is drawn for another port of the same service.
            if (ports[index].NodePort is > 0 and { } named)
            {
                TakeNodePort(service, $"spec.ports[{index}].nodePort", named, claim);
            }
        }

        var missing = ports.Where(port => port.NodePort is null or 0);
        foreach (var port in ServiceAllocatedFields.HasNodePorts(service.Spec) ? missing : [])
        {
            // One port may carry two protocols under one number: DNS.
            var twin = ports.FirstOrDefault(one => one.Port == port.Port && one.Protocol != port.Protocol && one.NodePort > 0);
            port.NodePort = twin?.NodePort ?? DrawNodePort(claim);
        }

        AllocateHealthCheck(service, claim);
    }

    private void AllocateHealthCheck(V1Service service, SlotClaim claim)
    {
        if (service.Spec is not { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" })
        {
            return;
        }

        if (service.Spec.HealthCheckNodePort is > 0 and { } named)
        {
            TakeNodePort(service, "spec.healthCheckNodePort", named, claim);
            return;
        }

        service.Spec.HealthCheckNodePort = DrawNodePort(claim);
    }

    private void TakeNodePort(V1Service service, string path, int port, SlotClaim claim)
    {
        if (nodePorts.SlotOf(port) is not { } slot)
        {
            Refuse(service, path, port, $"provided port is not in the valid range. The range of valid ports is {nodePorts.Text}");
        }
        else if (!_nodePorts.TryTake(slot, claim))
        {
            Refuse(service, path, port, "provided port is already allocated");
        }
    }

    private int DrawNodePort(SlotClaim claim)
        => nodePorts.PortOf(_nodePorts.TakeAny(claim) ?? throw Full("node port", nodePorts.Text, "--node-port-range"));

    private static ObjectKey KeyOf(V1Service service) => new(service.Metadata.NamespaceProperty, service.Metadata.Name);

    private static void Refuse(V1Service service, string path, object value, string problem)
    {
        var errors = new FieldErrors();
        errors.Invalid(path, value, problem);
        errors.ThrowIfAny(new Gvk("", "v1", "Service"), service.Metadata.Name);
    }

    private static ApiException Full(string what, string range, string flag)
        => new(StatusReason.InternalError, $"failed to allocate a {what}: all of {range} are in use; delete services or enlarge {flag}");
}
