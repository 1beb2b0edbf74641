using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A kind whose objects are measured when somebody reads them, and never stored.</summary>
internal abstract class MeasuredDefinition<T> : ResourceDefinition<T>, IMeasured
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    protected MeasuredDefinition(string resource, Scope scope, string kind)
        : base(new Gvr("metrics.k8s.io", "v1beta1", resource), scope, kind)
    {
        Verbs = ["get", "list"];
    }

    public override bool AddsAge => false;

    public abstract Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> MeasureAsync(
        UsageMeter meter, string space, string name, CancellationToken cancellationToken);
}

/// <summary>The side of a measured kind the pipeline sees.</summary>
internal interface IMeasured
{
    /// <summary>Every object of a namespace (empty for all), or the named one; those that cannot be measured now are left out.</summary>
    Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> MeasureAsync(
        UsageMeter meter, string space, string name, CancellationToken cancellationToken);
}
