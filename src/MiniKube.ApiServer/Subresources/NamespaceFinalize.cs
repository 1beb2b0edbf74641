using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary><c>namespaces/finalize</c>: the only way to change <c>spec.finalizers</c>. When the last one goes, so does the namespace.</summary>
internal static class NamespaceFinalize
{
    public static V1Namespace Apply(ResourceDefinition definition, StoredObject current, V1Namespace asked)
    {
        var space = (V1Namespace)definition.Decode(current.Json.Span);
        space.Spec ??= new V1NamespaceSpec();
        space.Spec.Finalizers = asked.Spec?.Finalizers ?? [];
        space.Metadata.Name = asked.Metadata?.Name;
        space.Metadata.ResourceVersion = asked.Metadata?.ResourceVersion;
        return space;
    }
}
