using System.Globalization;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Finds what a name in the path of a proxy stands for now.</summary>
internal sealed class ProxyTargets(ApiPipeline pipeline, NodeDialer dialer, Random random)
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <exception cref="ApiException">NotFound, BadRequest, or ServiceUnavailable: nothing of it answers now.</exception>
    public ProxyTarget Find(ResourceRequest request) => request.Definition switch
    {
        PodResource => OfPod(ProxyName.Parse(request.Name, "pod"), request.Namespace),
        ServiceResource => OfService(ProxyName.Parse(request.Name, "service"), request.Namespace),
        _ => OfNode(ProxyName.Parse(request.Name, "node")),
    };

    private ProxyTarget OfPod(ProxyName name, string space)
    {
        var pod = Read<V1Pod>("pods", space, name.Name);
        var ports = pod.Spec.Containers.SelectMany(static container => container.Ports ?? []).ToList();
        var port = name.Port.Length > 0
            ? Number(name.Port) ?? ports.Find(one => one.Name == name.Port)?.ContainerPort
                ?? throw new ApiException(StatusReason.BadRequest, $"pod \"{name.Name}\" has no port named \"{name.Port}\"")
            : ports.FirstOrDefault()?.ContainerPort ?? (name.IsHttps ? HttpsPort : HttpPort);
        return ProxyTarget.At(name.IsHttps, pod.Status?.PodIP, port, pod.Spec.HostNetwork == true ? null : pod.Spec.NodeName);
    }

    private ProxyTarget OfService(ProxyName name, string space)
    {
        var service = Read<V1Service>("services", space, name.Name);
        var port = name.Port;
        if (Number(port) is { } number)
        {
            port = (service.Spec.Ports?.FirstOrDefault(one => one.Port == number)
                ?? throw Unavailable($"no service port {number} found for service \"{name.Name}\"")).Name ?? "";
        }

        var ready = (Read<V1Endpoints>("endpoints", space, name.Name, $"no endpoints available for service \"{name.Name}\"").Subsets ?? [])
            .SelectMany(subset => (subset.Ports ?? [])
                .Where(one => (one.Name ?? "") == port)
                .SelectMany(one => (subset.Addresses ?? []).Select(address => (Address: address, one.Port))))
            .ToList();
        if (ready.Count == 0)
        {
            throw Unavailable($"no endpoints available for service \"{name.Name}\"");
        }

        var chosen = ready[random.Next(ready.Count)];
        return ProxyTarget.At(name.IsHttps, chosen.Address.Ip, chosen.Port, chosen.Address.NodeName);
    }

    private ProxyTarget OfNode(ProxyName name)
    {
        var node = dialer.Find(name.Name);
        var kubelet = node.Status?.DaemonEndpoints?.KubeletEndpoint?.Port.ToString(CultureInfo.InvariantCulture);
        if (name.Port.Length == 0 || name.Port == kubelet)
        {
            return new ProxyTarget(new Uri($"https://{name.Name}"), name.Name) { IsKubelet = true };
        }

        var port = Number(name.Port)
            ?? throw new ApiException(StatusReason.BadRequest, $"invalid node request \"{name.Name}:{name.Port}\": the port is a number");
        var address = node.Status?.Addresses?.FirstOrDefault(static one => one.Type == "InternalIP")?.Address;
        return ProxyTarget.At(name.IsHttps, address, port, nodeName: null);
    }

    private T Read<T>(string resource, string space, string name, string? otherwise = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = pipeline.Resources.Find(Gvr.Core("v1", resource))!;
        try
        {
            return (T)definition.View(pipeline.Get(new ResourceRequest(UserInfo.ApiServer, Verb.Get, definition, space, name))).Item;
        }
        catch (ApiException missing) when (missing.Reason == StatusReason.NotFound && otherwise is not null)
        {
            throw Unavailable(otherwise);
        }
    }

    private static ApiException Unavailable(string why) => new(StatusReason.ServiceUnavailable, why) { RetryAfterSeconds = 1 };

    private static int? Number(string text)
        => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
