using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Asks <see cref="PodAdmission"/> for every new pod.</summary>
internal sealed class PodDefaultsAdmission(LostNodePatience patience) : IAdmission
{
    public string Name => "DefaultTolerationSeconds,Priority";

    public bool MayChange(ResourceDefinition definition) => definition is PodResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Object: V1Pod pod, Subresource: "" })
        {
            var classes = new PriorityClasses(() => request.Objects.List<V1PriorityClass>(inNamespace: null));
            PodAdmission.Admit(pod, patience, classes);
        }

        return ValueTask.CompletedTask;
    }
}
