using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Logs and exec of the pods on this node.</summary>
internal sealed class NodeEndpoint(PodWorkers workers, PodWorkerContext context) : INodeEndpoint
{
    private readonly NodeLogs _logs = new(
        context.Runtime, new LogArchive(context.Runtime, context.Options.DataDirectory));

    public Task CopyLogsAsync(
        ContainerAddress container, LogOptions options, Stream destination, CancellationToken cancellationToken)
    {
        var view = Find(container.Pod);
        var name = PodContainers.NameOf(view.Pod, container.Container);
        return _logs.CopyAsync(view, name, options, destination, cancellationToken);
    }

    public async Task<IProcessSession> ExecAsync(
        ContainerAddress container, ExecOptions options, CancellationToken cancellationToken)
    {
        var view = Find(container.Pod);
        var found = PodContainers.Find(view, PodContainers.NameOf(view.Pod, container.Container));
        if (!found.IsRunning)
        {
            throw NotRunning(found.Name);
        }

        try
        {
            var process = new ProcessSpec([.. options.Command], options.Stdin, options.Tty);
            return new RuntimeProcessSession(await context.Runtime.ExecAsync(found.Current!.Id, process, cancellationToken));
        }
        catch (RuntimeException failure)
        {
            throw failure.Error == RuntimeError.NotFound
                ? NotRunning(found.Name)
                : new ApiException(StatusReason.InternalError, failure.Message);
        }
    }

    private static ApiException NotRunning(string container)
        => new(StatusReason.BadRequest, $"container not found (\"{container}\"): it is not running");

    private PodView Find(ObjectKey pod)
        => workers.Find(pod)?.View ?? throw ApiException.NotFound(ObjectType<V1Pod>.Gvr, pod.Name);
}
