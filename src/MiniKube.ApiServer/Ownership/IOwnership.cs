using System.Text.Json;
using k8s.Models;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Who owns what after a write: the bytes of <c>metadata.managedFields</c>.</summary>
internal interface IOwnership
{
    /// <summary>True when an object that a write leaves as it was keeps its owners, so that nobody needs to ask.</summary>
    bool FollowsObject { get; }

    /// <param name="current">The object before; null for a new one.</param>
    /// <param name="json">The object as the writer and the defaults made it, canonical, without owners.</param>
    /// <param name="given">The list that the writer sent, or null.</param>
    /// <returns>The list's JSON; empty for no owners.</returns>
    ReadOnlyMemory<byte> After(StoredObject? current, ReadOnlyMemory<byte> json, IList<V1ManagedFieldsEntry>? given);
}

/// <summary>How owners follow from a write, with the list that came with it.</summary>
internal readonly record struct OwnersOf(IOwnership Ownership, IList<V1ManagedFieldsEntry>? Given)
{
    /// <summary>True when an object that stays as it is keeps its owners.</summary>
    public bool FollowObject => Given is null && Ownership.FollowsObject;

    public ReadOnlyMemory<byte> After(StoredObject? current, ReadOnlyMemory<byte> json) => Ownership.After(current, json, Given);
}

/// <summary>For writes the server composes itself, which nobody is to own: owners stay who they are.</summary>
internal sealed class KeptOwnership : IOwnership
{
    public static KeptOwnership Instance { get; } = new();

    public bool FollowsObject => true;

    public ReadOnlyMemory<byte> After(StoredObject? current, ReadOnlyMemory<byte> json, IList<V1ManagedFieldsEntry>? given)
        => current is null ? default : StoredOwners.Of(current);
}

/// <summary>
/// Every write but apply: the writer becomes the owner of what it changes, and what goes has no owner any more. Objects without owners
/// (from before there were any, or reset) stay without until somebody applies, as in Kubernetes.
/// </summary>
internal sealed class UpdateOwnership(ResourceDefinition definition, string manager, string subresource, DateTime now) : IOwnership
{
    public bool FollowsObject => true;

    public ReadOnlyMemory<byte> After(StoredObject? current, ReadOnlyMemory<byte> json, IList<V1ManagedFieldsEntry>? given)
    {
        var asked = subresource.Length == 0 ? ManagedFields.Given(given) : null;
        return current is null ? Created(json, asked) : Updated(current, json, asked);
    }

    private byte[] Created(ReadOnlyMemory<byte> json, ManagedFields? asked)
    {
        using var item = JsonDocument.Parse(json);
        var all = OwnershipDiff.All(item.RootElement, definition.MergeSchema, OwnedParts.Of(definition, subresource));
        var managed = asked ?? new ManagedFields([]);
        Give(managed, all);
        return managed.Write();
    }

    private ReadOnlyMemory<byte> Updated(StoredObject current, ReadOnlyMemory<byte> json, ManagedFields? asked)
    {
        var stored = StoredOwners.Of(current);
        if ((asked is null && stored.IsEmpty) || asked is { Owners.Count: 0 })
        {
            return default;
        }

        using var old = JsonDocument.Parse(StoredOwners.Without(current));
        using var item = JsonDocument.Parse(json);
        var diff = OwnershipDiff.Between(
            old.RootElement, item.RootElement, definition.MergeSchema, OwnedParts.Of(definition, subresource));
        var present = ManagedFields.Read(stored);
        if (diff.IsEmpty && (asked is null || asked.IsSameAs(present)))
        {
            return stored;
        }

        var managed = asked ?? present;
        managed.Take(diff.Changed, managed.Find(manager, FieldOwner.Update, definition.Gvk.ApiVersion, subresource));
        managed.Take(diff.Removed, from: null);
        Give(managed, diff.Changed);
        return managed.Write();
    }

    private void Give(ManagedFields managed, FieldSet fields)
    {
        if (!fields.IsEmpty)
        {
            managed.Give(fields, manager, definition.Gvk.ApiVersion, subresource, ManagedFields.TimeText(now));
        }
    }
}
