using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// Removes what is on the node of pods the API no longer knows: they were deleted while no agent ran, or on a store that was
/// put back to an earlier state.
/// </summary>
internal sealed partial class OrphanRemover(PodWorkerContext context, PodWorkers workers)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<OrphanRemover>();

    /// <summary>Once, after both the API's pods and the runtime's state are known.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        foreach (var orphan in context.RuntimeView.All.Where(state => !workers.Has(state.Pod!.Uid)).ToList())
        {
            Log.Removing(_logger, orphan.Pod!.Key, orphan.Pod.Uid);
            foreach (var sandbox in orphan.Sandboxes)
            {
                await context.Runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
            }
        }

        foreach (var uid in PodDirectory.UidsIn(context.Options.DataDirectory).Where(uid => !workers.Has(uid)))
        {
            context.Volumes.Remove(uid);
        }

        await context.RuntimeView.RefreshAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(4004, LogLevel.Information, "Removing pod {Pod} ({Uid}): the API no longer has it")]
        public static partial void Removing(ILogger logger, ObjectKey pod, string uid);
    }
}
