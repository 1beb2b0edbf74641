using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Slices to write. What is in none of the three lists is right as it is.</summary>
internal sealed record EndpointSlicePlan(
    ImmutableArray<V1EndpointSlice> Create, ImmutableArray<V1EndpointSlice> Update, ImmutableArray<V1EndpointSlice> Delete);

/// <summary>
/// Puts the pods of a service into slices of at most a hundred. Pods stay in the slice they are in, new ones fill up
/// slices that have room, so that a change touches as few slices as can be.
/// https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
/// </summary>
internal static class EndpointSlicePlanner
{
    public const string ManagedBy = "endpointslice-controller.k8s.io";
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    private const int EndpointsMax = 100;

    /// <param name="service">A service with a selector.</param>
    /// <param name="pods">The pods behind it.</param>
    /// <param name="existing">The slices of the service that this controller manages.</param>
    /// <param name="zoneOf">The zone of a node, or null.</param>
    public static EndpointSlicePlan Plan(
        V1Service service,
        IReadOnlyList<V1Pod> pods,
        IReadOnlyCollection<V1EndpointSlice> existing,
        Func<string, string?> zoneOf)
    {
        var drafts = new List<SliceDraft>();
        foreach (var family in FamiliesOf(service))
        {
            foreach (var group in EndpointGroup.Of(service, pods, family, zoneOf))
            {
                var ours = existing.Where(slice => IsOf(slice, family, group.Ports));
                drafts.AddRange(Fill(group, family, ours));
            }
        }

        var kept = drafts.Select(static draft => draft.Existing?.Metadata.Name).ToHashSet();
        var written = drafts.Select(draft => (draft.Existing, Slice: SliceOf(service, draft))).ToList();
        var changed = written.Where(static one => one.Existing is not null && !IsSame(one.Existing, one.Slice));
        return new EndpointSlicePlan(
            Create: [.. written.Where(static one => one.Existing is null).Select(static one => one.Slice)],
            Update: [.. changed.Select(static one => one.Slice)],
            Delete: [.. existing.Where(slice => !kept.Contains(slice.Metadata.Name))]);
    }

    private static IEnumerable<string> FamiliesOf(V1Service service)
        => service.Spec.IpFamilies is { Count: > 0 } families ? families : ["IPv4"];

    private static IEnumerable<SliceDraft> Fill(EndpointGroup group, string family, IEnumerable<V1EndpointSlice> slices)
    {
        var wanted = group.Endpoints.ToDictionary(static endpoint => endpoint.TargetRef.Uid);
        var drafts = slices
            .OrderBy(static slice => slice.Metadata.Name, StringComparer.Ordinal)
            .Select(slice => new SliceDraft(family, group.Ports, slice, [.. TakeKnown(slice, wanted)]))
            .ToList();
        var rest = new Queue<V1Endpoint>(group.Endpoints.Where(endpoint => wanted.ContainsKey(endpoint.TargetRef.Uid)));

        // Slices that change anyway, and then the fullest, get the new ones.
        var byFitness = drafts
            .OrderByDescending(static draft => draft.LostSome)
            .ThenByDescending(static draft => draft.Endpoints.Count);
        foreach (var draft in byFitness)
        {
            FillUp(draft, rest);
        }

        while (rest.Count > 0)
        {
            var draft = new SliceDraft(family, group.Ports, Existing: null, []);
            FillUp(draft, rest);
            drafts.Add(draft);
        }

        var used = drafts.Where(static draft => draft.Endpoints.Count > 0).ToList();
        if (used.Count > 0 || group.Endpoints.Count > 0)
        {
            return used;
        }

        return [drafts.FirstOrDefault() ?? new SliceDraft(family, group.Ports, Existing: null, [])];
    }

    private static IEnumerable<V1Endpoint> TakeKnown(V1EndpointSlice slice, Dictionary<string, V1Endpoint> wanted)
    {
        foreach (var known in slice.Endpoints ?? [])
        {
            if (known.TargetRef?.Uid is { } uid && wanted.Remove(uid, out var endpoint))
            {
                yield return endpoint;
            }
        }
    }

    private static void FillUp(SliceDraft draft, Queue<V1Endpoint> rest)
    {
        while (draft.Endpoints.Count < EndpointsMax && rest.TryDequeue(out var endpoint))
        {
            draft.Endpoints.Add(endpoint);
        }
    }

    private static V1EndpointSlice SliceOf(V1Service service, SliceDraft draft) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        AddressType = draft.Family,
        Ports = draft.Ports,
        Endpoints = draft.Endpoints,
        Metadata = draft.Existing is { } existing
            ? existing.Metadata with { Labels = LabelsOf(service) }
            : new V1ObjectMeta
            {
                GenerateName = $"{service.Metadata.Name}-",
                NamespaceProperty = service.Metadata.NamespaceProperty,
                Labels = LabelsOf(service),
                OwnerReferences = [ObjectType<V1Service>.ControllerRefTo(service)],
            },
    };

    private static Dictionary<string, string> LabelsOf(V1Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            [ServiceNameLabel] = service.Metadata.Name,
            [ManagedByLabel] = ManagedBy,
        };
        if (service.IsHeadless())
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        return labels;
    }

    private static bool IsOf(V1EndpointSlice slice, string family, List<Discoveryv1EndpointPort> ports)
        => slice.AddressType == family && EndpointGroup.PortKey(slice.Ports ?? []) == EndpointGroup.PortKey(ports);

    private static bool IsSame(V1EndpointSlice left, V1EndpointSlice right)
        => Same.Content(
            left with { Metadata = new V1ObjectMeta { Labels = left.Metadata.Labels } },
            right with { Metadata = new V1ObjectMeta { Labels = right.Metadata.Labels } });

    private sealed record SliceDraft(
        string Family, List<Discoveryv1EndpointPort> Ports, V1EndpointSlice? Existing, List<V1Endpoint> Endpoints)
    {
        public bool LostSome { get; } = Existing is not null && Endpoints.Count < (Existing.Endpoints?.Count ?? 0);
    }
}
