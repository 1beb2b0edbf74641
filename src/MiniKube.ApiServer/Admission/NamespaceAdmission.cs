using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Asks <see cref="NamespaceLifecycle"/> where a write creates something in a namespace or deletes one.
/// </summary>
internal sealed class NamespaceAdmission : IAdmission
{
    public string Name => "NamespaceLifecycle";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Definition.Scope: Scope.Namespaced, Subresource: "" })
        {
            var space = request.Objects.Find<V1Namespace>(ObjectKey.Cluster(request.Key.Namespace));
            NamespaceLifecycle.AdmitCreate(request.Definition.Gvr, request.Object!.Metadata, space);
        }
        else if (request is { Operation: Verb.Delete, Definition: NamespaceResource })
        {
            NamespaceLifecycle.AdmitDelete(request.Key.Name);
        }

        return ValueTask.CompletedTask;
    }
}
