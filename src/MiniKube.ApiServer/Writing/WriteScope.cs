using System.Text.Json.Nodes;
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

    /// <summary>What admission is asked about; <see cref="AdmitAsync(AdmissionRequest, CancellationToken)"/> comes next.</summary>
    public AdmissionRequest Ask(
        ResourceRequest request,
        Verb operation,
        IKubernetesObject<V1ObjectMeta>? item,
        IKubernetesObject<V1ObjectMeta>? old,
        bool dryRun,
        Func<JsonObject> options) => new()
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
            Annotate = request.Annotate,
            Objects = Objects,
            Options = options,
        };

    /// <summary>Asks those who may change the object. The object may be another afterwards.</summary>
    /// <exception cref="ApiException">Somebody refuses.</exception>
    public ValueTask AdmitAsync(AdmissionRequest asked, CancellationToken cancellationToken)
        => admission.AdmitAsync(asked, cancellationToken);

    /// <summary>Asks those who only look, once the object is valid.</summary>
    /// <exception cref="ApiException">Somebody refuses.</exception>
    public ValueTask ValidateAsync(AdmissionRequest asked, CancellationToken cancellationToken)
        => admission.ValidateAsync(asked, cancellationToken);

    /// <summary>Asks webhooks about a question, which is not stored and which the server has no rules about.</summary>
    /// <exception cref="ApiException">Somebody refuses.</exception>
    public ValueTask AdmitReviewAsync(AdmissionRequest asked, CancellationToken cancellationToken)
        => admission.AdmitReviewAsync(asked, cancellationToken);

    /// <summary>Asks webhooks and policies about what is not stored.</summary>
    /// <exception cref="ApiException">Somebody refuses.</exception>
    /// <returns>What they made of it; null when it is as it was.</returns>
    public ValueTask<JsonObject?> AdmitBodyAsync(
        ResourceRequest request, Func<AdmissionBody> body, CancellationToken cancellationToken)
        => admission.AdmitBodyAsync(request, Objects, body, cancellationToken);

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
