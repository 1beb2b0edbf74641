using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Answers <c>kubectl logs</c> for the node's pods, with the kubelet's words for what cannot be had.</summary>
internal sealed class NodeLogs(IContainerRuntime runtime, LogArchive archive)
{
    public async Task CopyAsync(
        PodView view, string containerName, LogOptions options, Stream destination, CancellationToken cancellationToken)
    {
        var container = PodContainers.Find(view, containerName);
        var query = new LogQuery
        {
            Follow = options.Follow,
            TailLines = options.TailLines,
            Since = options.Since,
            Timestamps = options.Timestamps,
            LimitBytes = options.LimitBytes,
        };
        var instance = options.Previous ? Previous(view, container) : container.Current;
        var isCopied = instance is not null && !FailedStart.Is(instance)
            && await CopyAsync(instance.Id, query, destination, cancellationToken);
        isCopied = isCopied
            || (!options.Previous
                && await archive.CopyAsync(view.Pod.Metadata.Uid, container.Name, query, destination, cancellationToken));
        if (!isCopied)
        {
            throw options.Previous ? NoPrevious(view, container) : NotStarted(view, container);
        }
    }

    private static ContainerStatus Previous(PodView view, ContainerView container)
    {
        // While a container waits for its next start, its newest instance is the previous one to users.
        var waits = container.HasExited && ContainerStatuses.Find(view.Pod, container.Name)?.State.Waiting is not null;
        return (waits ? container.Current : container.Previous) ?? throw NoPrevious(view, container);
    }

    private static ApiException NoPrevious(PodView view, ContainerView container)
        => Refused(view, $"previous terminated container \"{container.Name}\" in pod \"{view.Pod.Metadata.Name}\" not found");

    private static ApiException NotStarted(PodView view, ContainerView container)
    {
        var waiting = ContainerStatuses.Find(view.Pod, container.Name)?.State.Waiting?.Reason ?? LaunchReasons.Creating;
        var why = waiting is LaunchReasons.PullFailed or LaunchReasons.PullBackOff
            ? "trying and failing to pull image"
            : waiting;
        return Refused(
            view, $"container \"{container.Name}\" in pod \"{view.Pod.Metadata.Name}\" is waiting to start: {why}");
    }

    private static ApiException Refused(PodView view, string message) => new(StatusReason.BadRequest, message)
    {
        SubjectName = view.Pod.Metadata.Name,
    };

    // False when the container is there no more: the pod has finished, and its log was saved before the container went.
    private async Task<bool> CopyAsync(string id, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            await runtime.CopyLogsAsync(id, query, destination, cancellationToken);
            return true;
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return false;
        }
        catch (RuntimeException failure)
        {
            throw new ApiException(StatusReason.InternalError, failure.Message);
        }
    }
}
