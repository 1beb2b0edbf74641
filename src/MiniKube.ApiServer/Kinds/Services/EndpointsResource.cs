using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class EndpointsResource : ResourceDefinition<V1Endpoints>
{
    public EndpointsResource()
        : base(Gvr.Core("v1", "endpoints"), Scope.Namespaced, "Endpoints")
    {
        ShortNames = ["ep"];
        Column("Endpoints", endpoints => ColumnText.FirstThree(Addresses(endpoints), "<none>"));
    }

    protected override void ApplyDefaults(V1Endpoints endpoints)
    {
        foreach (var port in (endpoints.Subsets ?? []).SelectMany(subset => subset.Ports ?? []))
        {
            port.Protocol = string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol;
        }
    }

    protected override void Validate(V1Endpoints endpoints, FieldErrors errors) => EndpointsRules.Validate(endpoints, errors);

    private static IEnumerable<string> Addresses(V1Endpoints endpoints)
        => from subset in endpoints.Subsets ?? []
           from port in subset.Ports is { Count: > 0 } ports ? ports.Select(port => (int?)port.Port) : [null]
           from address in subset.Addresses ?? []
           select port is null ? address.Ip : address.Ip.Contains(':', StringComparison.Ordinal)
               ? $"[{address.Ip}]:{port}"
               : $"{address.Ip}:{port}";
}
