using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Server-side apply as a change of an object, and who owns what after it. One per request; asked again for every attempt.
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/
/// </summary>
internal sealed class ApplyChange(
    ResourceRequest request, ApplyConfiguration configuration, string manager, bool force, DateTime now) : IOwnership
{
    // Who owns what was in the object before anybody's fields were tracked.
    private const string BeforeFirstApply = "before-first-apply";

    private readonly ResourceDefinition _definition = request.Definition;
    private readonly OwnedParts _owned = OwnedParts.Of(request.Definition, request.Subresource);
    private ReadOnlyMemory<byte> _owners;

    public bool FollowsObject => false;

    /// <summary>The object that the configuration alone makes.</summary>
    public IKubernetesObject<V1ObjectMeta> Create()
    {
        _owners = new ManagedFields([NewOwner()]).Write();
        return Decode(configuration.Json);
    }

    /// <exception cref="ApiException">Conflict: others own fields that would change, and the request does not force.</exception>
    public IKubernetesObject<V1ObjectMeta> Apply(StoredObject current)
    {
        var stored = StoredOwners.Of(current);
        var managed = ManagedFields.Read(stored);
        using var live = JsonDocument.Parse(StoredOwners.Without(current));
        var schema = _definition.MergeSchema;
        AddUntracked(managed, live.RootElement);

        var before = managed.Find(manager, FieldOwner.Apply, _definition.Gvk.ApiVersion, request.Subresource);
        var mine = NewOwner();
        var others = managed.Owners.Where(owner => owner != before).ToList();
        var merged = ApplyMerge.Merge(
            live.RootElement, configuration.Root, schema, before?.Fields ?? new FieldSet(), Union([.. others, mine]));
        var item = Decode(merged);
        using var result = JsonDocument.Parse(_definition.Encode(item));
        var diff = OwnershipDiff.Between(live.RootElement, result.RootElement, schema, _owned);
        CheckConflicts(others, diff.Changed, current, live.RootElement);

        _owners = diff.IsEmpty && before?.Fields.SetEquals(configuration.Fields) is true
            ? stored
            : Write([.. others, mine], mine, diff);
        if (manager == LastApplied.Manager)
        {
            LastApplied.Refresh(_definition.View(current).Item.Metadata, item.Metadata, configuration);
        }

        return item;
    }

    public ReadOnlyMemory<byte> After(StoredObject? current, ReadOnlyMemory<byte> json, IList<V1ManagedFieldsEntry>? given) => _owners;

    private FieldOwner NewOwner() => new(
        manager,
        FieldOwner.Apply,
        _definition.Gvk.ApiVersion,
        request.Subresource,
        ManagedFields.TimeText(now),
        configuration.Fields.Copy());

    private void AddUntracked(ManagedFields managed, JsonElement live)
    {
        if (managed.Owners.Count == 0)
        {
            managed.Give(
                OwnershipDiff.All(live, _definition.MergeSchema, _owned),
                BeforeFirstApply, _definition.Gvk.ApiVersion, request.Subresource, ManagedFields.TimeText(now));
        }
    }

    private void CheckConflicts(List<FieldOwner> others, FieldSet changed, StoredObject current, JsonElement live)
    {
        if (force)
        {
            return;
        }

        var conflicts = others
            .Select(owner => (Owner: owner, Fields: owner.Fields.IntersectionWith(changed)))
            .Where(conflict => !conflict.Fields.IsEmpty)
            .ToList();
        if (conflicts.Count > 0 && manager == LastApplied.Manager)
        {
            var allowed = LastApplied.FieldsOf(request, current, live);
            conflicts.ForEach(conflict => conflict.Fields.ExceptWith(allowed));
            conflicts.RemoveAll(conflict => conflict.Fields.IsEmpty);
        }

        if (conflicts.Count > 0)
        {
            throw ApplyConflict.Error(conflicts);
        }
    }

    private static byte[] Write(List<FieldOwner> owners, FieldOwner mine, OwnershipDiff diff)
    {
        var managed = new ManagedFields(owners);
        managed.Take(diff.Changed, mine);
        managed.Take(diff.Removed, mine);
        return managed.Write();
    }

    private static FieldSet Union(List<FieldOwner> owners)
    {
        var union = new FieldSet();
        owners.ForEach(owner => union.UnionWith(owner.Fields));
        return union;
    }

    private IKubernetesObject<V1ObjectMeta> Decode(ReadOnlyMemory<byte> json)
        => StrictDecoder.Decode(_definition, json, FieldValidation.Ignore).Item;
}
