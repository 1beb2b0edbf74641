using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>One version of a kind that has several over the same objects: what is stored is converted to be shown.</summary>
internal abstract class VersionedDefinition(Gvr gvr, Scope scope, string kind) : ResourceDefinition(gvr, scope, kind)
{
    public sealed override bool ShowsWhatIsStored => false;

    /// <summary>
    /// Objects of their own to be encoded by this definition, as many as were stored and in the same order. All that has to be asked
    /// of others is asked at once.
    /// </summary>
    /// <exception cref="ApiException">They could not be converted.</exception>
    public abstract ValueTask<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> ConvertAsync(
        IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken);

    public sealed override ValueTask<StoredObject> PresentAsync(StoredObject stored, CancellationToken cancellationToken)
        => VersionViews.Of(stored).Find(this) is { } shown
            ? new(shown.Object)
            : VersionViews.ShowAsync(this, stored, cancellationToken);

    public sealed override ValueTask<IReadOnlyList<StoredObject>> PresentAsync(
        IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken)
        => VersionViews.ShowAsync(this, stored, cancellationToken);

    public override ObjectView View(StoredObject stored) => VersionViews.Of(stored).Find(this)?.View ?? new ObjectView(stored, this);
}
