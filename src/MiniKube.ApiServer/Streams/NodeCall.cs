using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Finds the pod a stream request is about, and the way to its node.</summary>
internal sealed class NodeCall(ApiPipeline pipeline, NodeEndpoints nodes)
{
    /// <exception cref="ApiException">
    /// NotFound, Forbidden, BadRequest: not scheduled. ServiceUnavailable: its node is gone.
    /// </exception>
    public (V1Pod Pod, INodeEndpoint Node) Find(ResourceRequest request)
    {
        var pod = (V1Pod)request.Definition.View(pipeline.Get(request)).Item;
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            throw new ApiException(StatusReason.BadRequest, $"pod {pod.Metadata.Name} does not have a host assigned");
        }

        return (pod, NodeOf(pod));
    }

    private INodeEndpoint NodeOf(V1Pod pod)
    {
        try
        {
            return nodes.Get(pod.Spec.NodeName);
        }
        catch (ApiException gone) when (gone.Reason == StatusReason.NotFound)
        {
            throw new ApiException(StatusReason.ServiceUnavailable,
                $"node \"{pod.Spec.NodeName}\" of pod {pod.Metadata.Name} is not there: start its agent, or wait until it is back")
            {
                RetryAfterSeconds = 1,
            };
        }
    }
}
