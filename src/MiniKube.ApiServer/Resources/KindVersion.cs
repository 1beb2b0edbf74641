using System.Collections.Immutable;
using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// A further version of a built-in kind, over the objects of another: <typeparamref name="TModel"/> is what clients
/// send and see, <typeparamref name="TStored"/> is what is defaulted, admitted, checked, printed and stored, as the internal version of
/// Kubernetes is. A subclass says how the one becomes the other.
/// </summary>
internal abstract class KindVersion<TModel, TStored> : VersionedDefinition
    where TModel : class, IKubernetesObject<V1ObjectMeta>
    where TStored : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ResourceDefinition _stored;

    protected KindVersion(Gvr gvr, ResourceDefinition<TStored> stored)
        : base(gvr, stored.Scope, stored.Gvk.Kind)
    {
        _stored = stored;
        ShortNames = stored.ShortNames;
        Categories = stored.Categories;
        Verbs = stored.Verbs;
        HasStatus = stored.HasStatus;
        HasGeneration = stored.HasGeneration;
        NameRule = stored.NameRule;
        ReturnsDeletedObject = stored.ReturnsDeletedObject;
        TimeToLive = stored.TimeToLive;
        foreach (var column in stored.Columns)
        {
            AddColumn(column);
        }
    }

    public override string StoredAs => _stored.StoredAs;

    public override Type ObjectType => typeof(TModel);

    public override bool AddsAge => _stored.AddsAge;

    public override ImmutableArray<string> SelectableFields => _stored.SelectableFields;

    public override IKubernetesObject<V1ObjectMeta> Decode(ReadOnlySpan<byte> json) => ToStored(ObjectJson.Decode<TModel>(json));

    /// <summary>Also of an object in the clients' form.</summary>
    public override byte[] Encode(IKubernetesObject<V1ObjectMeta> item)
    {
        var model = item as TModel ?? ToModel((TStored)item);
        model.ApiVersion = Gvk.ApiVersion;
        model.Kind = Gvk.Kind;
        return ObjectJson.Encode(model);
    }

    public override ValueTask<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> ConvertAsync(
        IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken)
        => new([.. stored.Select(one => _stored.Decode(one.Json.Span))]);

    public override ValueTask<ObjectDraft> DraftAsync(IKubernetesObject<V1ObjectMeta> item, CancellationToken cancellationToken)
    {
        item.ApiVersion = _stored.Gvk.ApiVersion;
        item.Kind = _stored.Gvk.Kind;
        return new(CanonicalJson.Draft(_stored, item));
    }

    // Selections look at what is stored before it is converted to be shown.
    public override ObjectView View(StoredObject stored)
        => IsOfStoredVersion(stored.Json.Span) ? _stored.View(stored) : base.View(stored);

    public override string FieldValue(IKubernetesObject<V1ObjectMeta> item, string field) => _stored.FieldValue(item, field);

    public override void ApplyDefaults(IKubernetesObject<V1ObjectMeta> item) => _stored.ApplyDefaults(item);

    public override void PrepareForCreate(IKubernetesObject<V1ObjectMeta> item) => _stored.PrepareForCreate(item);

    public override void PrepareForUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        => _stored.PrepareForUpdate(item, old);

    public override void PrepareForStatusUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        => _stored.PrepareForStatusUpdate(item, old);

    public override void PrepareForDeletion(IKubernetesObject<V1ObjectMeta> item) => _stored.PrepareForDeletion(item);

    public override void Validate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors) => _stored.Validate(item, errors);

    public override void ValidateUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
        => _stored.ValidateUpdate(item, old, errors);

    public override long DeletionGraceSeconds(IKubernetesObject<V1ObjectMeta> item, long? asked)
        => _stored.DeletionGraceSeconds(item, asked);

    public override bool HoldsDeletion(IKubernetesObject<V1ObjectMeta> item) => _stored.HoldsDeletion(item);

    /// <summary>The object to store; takes over parts of the other one, and keeps its version and kind.</summary>
    protected abstract TStored ToStored(TModel model);

    /// <summary>The object to show; leaves the other one as it is, and may share parts of it.</summary>
    protected abstract TModel ToModel(TStored stored);

    // The version is the first thing in an object.
    private bool IsOfStoredVersion(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.Read() && reader.ValueTextEquals("apiVersion"u8)
            && reader.Read() && reader.ValueTextEquals(_stored.Gvk.ApiVersion);
    }
}
