using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A kind with its model: subclasses override what is special and leave the rest. Overrides are pure: no I/O, no clock.
/// </summary>
internal abstract class ResourceDefinition<T>(Gvr gvr, Scope scope, string kind) : ResourceDefinition(gvr, scope, kind)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Dictionary<string, Func<T, string?>> _fields = [];

    public override Type ObjectType => typeof(T);

    public override ImmutableArray<string> SelectableFields => [.. _fields.Keys];

    public override IKubernetesObject<V1ObjectMeta> Decode(ReadOnlySpan<byte> json) => ObjectJson.Decode<T>(json);

    public override byte[] Encode(IKubernetesObject<V1ObjectMeta> item) => ObjectJson.Encode((T)item);

    public override string FieldValue(IKubernetesObject<V1ObjectMeta> item, string field) => _fields[field]((T)item) ?? "";

    public override void ApplyDefaults(IKubernetesObject<V1ObjectMeta> item) => ApplyDefaults((T)item);

    public override void PrepareForCreate(IKubernetesObject<V1ObjectMeta> item) => PrepareForCreate((T)item);

    public override void PrepareForUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        => PrepareForUpdate((T)item, (T)old);

    public override void PrepareForStatusUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        => PrepareForStatusUpdate((T)item, (T)old);

    public override void Validate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors) => Validate(
        (T)item, errors);

    public override void ValidateUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
        => ValidateUpdate((T)item, (T)old, errors);

    public override long DeletionGraceSeconds(IKubernetesObject<V1ObjectMeta> item, long? asked)
        => DeletionGraceSeconds((T)item, asked);

    public override bool HoldsDeletion(IKubernetesObject<V1ObjectMeta> item) => HoldsDeletion((T)item);

    public override void PrepareForDeletion(IKubernetesObject<V1ObjectMeta> item) => PrepareForDeletion((T)item);

    protected virtual bool HoldsDeletion(T item) => false;

    protected virtual void PrepareForDeletion(T item)
    {
    }

    protected virtual void ApplyDefaults(T item)
    {
    }

    protected virtual void PrepareForCreate(T item)
    {
    }

    protected virtual void PrepareForUpdate(T item, T old)
    {
    }

    protected virtual void PrepareForStatusUpdate(T item, T old)
    {
    }

    protected virtual void Validate(T item, FieldErrors errors)
    {
    }

    protected virtual void ValidateUpdate(T item, T old, FieldErrors errors)
    {
    }

    protected virtual long DeletionGraceSeconds(T item, long? asked) => 0;

    /// <summary>A column that needs no clock.</summary>
    protected void Column(string name, Func<T, object?> value, string type = "string", bool wide = false)
        => AddColumn(new TableColumn(name, type, wide, (item, _) => value((T)item)));

    /// <summary>A column that shows an age or depends on the present time.</summary>
    protected void Column(
        string name, Func<T, DateTimeOffset, object?> value, string type = "string", bool wide = false)
        => AddColumn(new TableColumn(name, type, wide, (item, now) => value((T)item, now)));

    /// <summary>A field that field selectors may name.</summary>
    protected void Field(string path, Func<T, string?> value) => _fields.Add(path, value);
}
