namespace MiniKube;

/// <summary>Which snapshots are no longer wanted.</summary>
internal static class SnapshotRetention
{
    /// <summary>
    /// Of one cluster's scheduled snapshots, all but the newest. Those somebody asked for, those of other clusters, and files that
    /// cannot be read are never among them.
    /// </summary>
    public static IReadOnlyList<SnapshotFile> Surplus(IEnumerable<SnapshotFile> all, string clusterId, int keep)
        => Older(
            all.Where(one => one.Manifest is { Origin: SnapshotManifest.Scheduled } manifest && manifest.ClusterId == clusterId), keep);

    /// <summary>All that can be read but the newest, whoever asked for them: what <c>minikube snapshot prune</c> deletes.</summary>
    public static IReadOnlyList<SnapshotFile> Prunable(IEnumerable<SnapshotFile> all, int keep)
        => Older(all.Where(static one => one.Manifest is not null), keep);

    private static IReadOnlyList<SnapshotFile> Older(IEnumerable<SnapshotFile> snapshots, int keep)
        => [.. snapshots.OrderByDescending(static one => one.Manifest!.Taken).Skip(keep)];
}
