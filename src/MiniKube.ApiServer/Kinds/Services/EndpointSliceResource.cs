using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class EndpointSliceResource : ResourceDefinition<V1EndpointSlice>
{
    public EndpointSliceResource()
        : base(new Gvr("discovery.k8s.io", "v1", "endpointslices"), Scope.Namespaced, "EndpointSlice")
    {
        HasGeneration = true;
        Column("AddressType", slice => slice.AddressType);
        Column("Ports", slice => ColumnText.FirstThree((slice.Ports ?? []).Select(PortText), "<unset>"));
        Column("Endpoints", slice => ColumnText.FirstThree(
            (slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses ?? []), "<unset>"));
    }

    protected override void ApplyDefaults(V1EndpointSlice slice)
    {
        foreach (var port in slice.Ports ?? [])
        {
            port.Name ??= "";
            port.Protocol ??= "TCP";
        }
    }

    protected override void Validate(V1EndpointSlice slice, FieldErrors errors) => EndpointSliceRules.Validate(slice, errors);

    protected override void ValidateUpdate(V1EndpointSlice slice, V1EndpointSlice old, FieldErrors errors)
        => EndpointSliceRules.ValidateUpdate(slice, old, errors);

    private static string PortText(Discoveryv1EndpointPort port)
        => port.Port?.ToString(CultureInfo.InvariantCulture) ?? (string.IsNullOrEmpty(port.Name) ? "*" : port.Name);
}
