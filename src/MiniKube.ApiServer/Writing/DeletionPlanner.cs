using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a deletion does to an object: nothing new, mark it (and wait for somebody), or remove it.</summary>
/// <param name="Remove">Take it out of the store now.</param>
/// <param name="Finalizers">What the object's finalizers are from now on.</param>
/// <param name="DeletionTimestamp">When the grace period ends.</param>
/// <param name="GraceSeconds">How long the object may take to end.</param>
internal sealed record DeletionPlan(
    bool Remove, ImmutableArray<string> Finalizers, DateTime? DeletionTimestamp, long? GraceSeconds);

/// <summary>
/// Decides what a delete request does. https://kubernetes.io/docs/concepts/architecture/garbage-collection/ and
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
/// </summary>
internal static class DeletionPlanner
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    public static DeletionPlan Plan(
        ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, V1DeleteOptions options, DateTime now)
    {
        var meta = item.Metadata;
        var finalizers = FinalizersFor(options, meta, definition.DeletionFinalizer);
        var grace = definition.DeletionGraceSeconds(item, options.GracePeriodSeconds);
        var (end, left) = GracePeriod(meta, grace, now);
        var stays = finalizers.Length > 0 || left > 0 || definition.HoldsDeletion(item);
        return new DeletionPlan(!stays, finalizers, end, left);
    }

    /// <summary>True when an object that is being deleted must still be kept.</summary>
    public static bool Stays(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
        => item.Metadata.Finalizers is { Count: > 0 }
            || item.Metadata.DeletionGracePeriodSeconds is > 0
            || definition.HoldsDeletion(item);

    // A second request can only shorten the period that already runs.
    private static (DateTime End, long Seconds) GracePeriod(V1ObjectMeta meta, long asked, DateTime now)
    {
        if (meta.DeletionTimestamp is not { } end)
        {
            return (now.AddSeconds(asked), asked);
        }

        var running = meta.DeletionGracePeriodSeconds ?? 0;
        return asked < running ? (end.AddSeconds(asked - running), asked) : (end, running);
    }

    private static ImmutableArray<string> FinalizersFor(V1DeleteOptions options, V1ObjectMeta meta, string? own)
    {
        var present = meta.Finalizers ?? [];
        if (own is not null && meta.DeletionTimestamp is null && !present.Contains(own))
        {
            present = [.. present, own];
        }

        var policy = options.PropagationPolicy ?? options.OrphanDependents switch
        {
            true => "Orphan",
            false => "Background",
            null => "",
        };
        if (policy.Length == 0)
        {
            return [.. present];
        }

        var others = present.Where(name => name is not (Orphan or Foreground));
        return policy switch
        {
            "Orphan" => [.. others, Orphan],
            "Foreground" => [.. others, Foreground],
            _ => [.. others],
        };
    }
}
