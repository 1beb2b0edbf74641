using System.Collections.Immutable;
using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The revisions of one set, oldest first, and which of them is its present template.
/// </summary>
/// <param name="All">By revision number.</param>
/// <param name="Update">The one of the present template.</param>
/// <param name="Collisions">How many names were found taken by other revisions, ever.</param>
internal sealed record RevisionSet(ImmutableArray<V1ControllerRevision> All, V1ControllerRevision Update, int Collisions)
{
    public V1ControllerRevision? Find(string? name) => All.FirstOrDefault(one => one.Metadata.Name == name);
}

/// <summary>
/// Keeps the ControllerRevisions of sets that remember their pod templates in them: StatefulSets and DaemonSets.
/// </summary>
/// <param name="client">Makes and deletes revisions.</param>
/// <param name="revisions">All revisions.</param>
/// <param name="hashLabel">The label that carries the hash of the template.</param>
internal sealed class RevisionHistory<TSet>(IApiClient client, Informer<V1ControllerRevision> revisions, string hashLabel)
    where TSet : class, IKubernetesObject<V1ObjectMeta>
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private readonly Ownership<TSet, V1ControllerRevision> _ownership = new(client, revisions);
    private readonly CacheBarrier<V1ControllerRevision> _writes = new(revisions);

    public void Forget(ObjectKey set) => _writes.Forget(set);

    /// <summary>The hash of a revision's template: the end of its name.</summary>
    public string HashOf(V1ControllerRevision revision)
        => revision.Metadata.Labels is { } labels && labels.TryGetValue(hashLabel, out var hash) ? hash : revision.Metadata.Name;

    /// <summary>With a revision of the present template made, or renumbered to be the newest, if need be.</summary>
    public async Task<RevisionSet> EnsureAsync(
        TSet set, LabelSelector selector, V1PodTemplateSpec template, int? collisions, CancellationToken cancellationToken)
    {
        await _writes.CaughtUpAsync(set.Key(), cancellationToken);
        var owned = InOrder(await _ownership.ClaimAsync(set, selector, cancellationToken));
        var data = TemplateData.Of(template);
        var highest = owned.IsEmpty ? 0 : owned[^1].Revision ?? 0;
        var known = owned.LastOrDefault(one => TemplateData.IsSame(one, data));
        if (known is not null && known.Revision == highest)
        {
            return new RevisionSet(owned, known, collisions ?? 0);
        }

        if (known is not null)
        {
            var raised = await client.UpdateAsync(known with { Revision = highest + 1 }, subresource: null, cancellationToken);
            _writes.Wrote(set.Key(), raised);
            return new RevisionSet(InOrder(owned.Replace(known, raised)), raised, collisions ?? 0);
        }

        var (made, after) = await MakeAsync(set, template, data, highest + 1, collisions ?? 0, cancellationToken);
        return new RevisionSet(owned.Add(made), made, after);
    }

    /// <summary>Deletes the oldest revisions beyond the limit that nothing runs.</summary>
    public async Task TrimAsync(
        RevisionSet set, IReadOnlySet<string> live, int? limit, CancellationToken cancellationToken)
    {
        var past = set.All.Where(one => one != set.Update && !live.Contains(one.Metadata.Name)).ToList();
        foreach (var revision in past.Take(Math.Max(0, past.Count - (limit ?? 10))))
        {
            await client.DeleteIfPresentAsync(revision, cancellationToken);
        }
    }

    private async Task<(V1ControllerRevision Made, int Collisions)> MakeAsync(
        TSet set, V1PodTemplateSpec template, JsonElement data, long number, int collisions, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wanted = New(set, template, data, number, TemplateHash.Of(template, collisions));
            try
            {
                var made = await client.CreateAsync(wanted, cancellationToken);
                _writes.Wrote(set.Key(), made);
                return (made, collisions);
            }
            catch (ApiException taken) when (taken.Reason == StatusReason.AlreadyExists)
            {
                // Made before and not seen yet; or the name belongs to another template, and the next one is tried.
                var there = await client.FindAsync<V1ControllerRevision>(wanted.Key(), cancellationToken);
                if (there is not null && there.IsControlledBy(set) && TemplateData.IsSame(there, data))
                {
                    return (there, collisions);
                }

                collisions++;
            }
        }
    }

    private V1ControllerRevision New(TSet set, V1PodTemplateSpec template, JsonElement data, long number, string hash) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = $"{set.Metadata.Name}-{hash}",
            NamespaceProperty = set.Metadata.NamespaceProperty,
            Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>())
            {
                [hashLabel] = hash,
            },
            Annotations = set.Metadata.Annotations?.Where(static one => one.Key != LastApplied).ToDictionary(),
            OwnerReferences = [ObjectType<TSet>.ControllerRefTo(set)],
        },
        Data = data,
        Revision = number,
    };

    private static ImmutableArray<V1ControllerRevision> InOrder(IEnumerable<V1ControllerRevision> revisions)
        => [.. revisions
            .OrderBy(static one => one.Revision)
            .ThenBy(static one => one.Metadata.CreationTimestamp)
            .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal)];
}
