using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Asks <see cref="ServiceAllocator"/> for every write of a service. What is stored is read once, on the first one.</summary>
internal sealed class ServiceAdmission(ApiServerOptions options, TimeProvider time) : IAdmission
{
    private readonly Lock _gate = new();
    private readonly ServiceAllocator _allocator = new(
        new ServiceAddresses(options.ServiceCidr.ToString()),
        new ServiceNodePorts(options.NodePortRange.First, options.NodePortRange.Last),
        new Random(),
        time);

    private bool _knowsStored;

    public string Name => "ServiceAllocation";

    public bool MayChange(ResourceDefinition definition) => definition is ServiceResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Definition is not ServiceResource || request.Subresource.Length > 0)
        {
            return ValueTask.CompletedTask;
        }

        ReadStored(request.Objects);
        if (request.OldObject is V1Service old)
        {
            _allocator.Confirm(old);
        }

        if (request.Object is V1Service service)
        {
            _allocator.Allocate(service, request.Objects.Find<V1Service>, request.DryRun);
        }

        return ValueTask.CompletedTask;
    }

    private void ReadStored(ObjectLookup objects)
    {
        lock (_gate)
        {
            foreach (var service in _knowsStored ? [] : objects.List<V1Service>(null))
            {
                _allocator.Confirm(service);
            }

            _knowsStored = true;
        }
    }
}
