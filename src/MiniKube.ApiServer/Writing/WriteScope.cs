using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>What every write needs: the store, the rules, the clock. One for the server.</summary>
internal sealed class WriteScope(
    IResourceStore store, ResourceIndex resources, AdmissionChain admission, TimeProvider time)
{
    public IResourceStore Store => store;

    public ObjectLookup Objects { get; } = new(store, resources);

    /// <summary>Now, in the whole seconds that Kubernetes' times have.</summary>
    public DateTime Now
    {
        get
        {
            var now = time.GetUtcNow().UtcDateTime;
            return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        }
    }

    /// <summary>True when admission may fill in fields of the kind, which then nobody owns.</summary>
    public bool MayBeChanged(ResourceDefinition definition) => admission.MayChange(definition);

    /// <summary>Asks the admission rules. What they hold is released when the result is disposed of: after the write.</summary>
    /// <exception cref="ApiException">A rule refuses.</exception>
    public async ValueTask<AdmissionHolds> AdmitAsync(
        ResourceRequest request,
        Verb operation,
        IKubernetesObject<V1ObjectMeta>? item,
        IKubernetesObject<V1ObjectMeta>? old,
        bool dryRun,
        CancellationToken cancellationToken)
    {
        var asked = new AdmissionRequest
        {
            Operation = operation,
            Definition = request.Definition,
            Key = new ObjectKey(request.Namespace, request.Name),
            Object = item,
            OldObject = old,
            User = request.User,
            Subresource = request.Subresource,
            DryRun = dryRun,
            Warn = request.Warn,
            Objects = Objects,
        };
        try
        {
            await admission.AdmitAsync(asked, cancellationToken);
            return asked.Holds;
        }
        catch
        {
            asked.Holds.Dispose();
            throw;
        }
    }

    /// <summary>What a dry run answers with: the object as it would be, at a revision that was there before.</summary>
    public static StoredObject Unwritten(
        ResourceRequest request,
        IKubernetesObject<V1ObjectMeta> item,
        StoredObject? current,
        ReadOnlyMemory<byte> owners = default)
    {
        item.Metadata.ResourceVersion = current?.Revision.ToString();
        var plain = request.Definition.Encode(item);
        var json = owners.IsEmpty ? plain : StoredOwners.Insert(plain, owners.Span);
        return new StoredObject(
            request.Key, current?.Revision ?? Revision.Zero, current?.Created ?? Revision.Zero, json, 0);
    }
}
