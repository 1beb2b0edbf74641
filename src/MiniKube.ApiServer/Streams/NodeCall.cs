using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Finds the pod a stream request is about, and the way to its node.</summary>
internal sealed class NodeCall(ApiPipeline pipeline, NodeDirectory nodes)
{
    /// <exception cref="ApiException">
    /// NotFound, Forbidden, BadRequest: not scheduled. ServiceUnavailable: its node cannot be asked.
    /// </exception>
    public (V1Pod Pod, INodeEndpoint Node) Find(ResourceRequest request)
    {
        var pod = (V1Pod)request.Definition.View(pipeline.Get(request)).Item;
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            throw new ApiException(StatusReason.BadRequest, $"pod {pod.Metadata.Name} does not have a host assigned");
        }

        var node = nodes.Find(pod.Spec.NodeName)
            ?? throw new ApiException(StatusReason.ServiceUnavailable,
                $"the node agent of \"{pod.Spec.NodeName}\" is not connected to this server: start it, or wait until it is back")
            {
                RetryAfterSeconds = 1,
            };
        return (pod, node);
    }
}
