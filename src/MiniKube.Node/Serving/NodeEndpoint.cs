using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Logs, exec, attach and ports of the pods on this node.</summary>
internal sealed class NodeEndpoint(PodWorkers workers, PodWorkerContext context, KubeletReports reports) : INodeEndpoint
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

    public Task<IProcessSession> ExecAsync(
        ContainerAddress container, ExecOptions options, CancellationToken cancellationToken)
    {
        var process = new ProcessSpec([.. options.Command], options.Stdin, options.Tty);
        return StartAsync(container, id => context.Runtime.ExecAsync(id, process, cancellationToken));
    }

    public Task<IProcessSession> AttachAsync(
        ContainerAddress container, AttachOptions options, CancellationToken cancellationToken)
    {
        var attach = new AttachSpec(options.Stdin, options.Stdout, options.Stderr && !options.Tty);
        return StartAsync(container, id => context.Runtime.AttachAsync(id, attach, cancellationToken));
    }

    public async Task<DuplexStream> ConnectAsync(ObjectKey pod, int port, CancellationToken cancellationToken)
    {
        var view = Find(pod);
        var sandbox = view.Sandboxes.FirstOrDefault(static one => one.Ready)
            ?? throw Unconnected(pod, port, "the pod does not run");
        try
        {
            return new SocketConnection(await context.Runtime.ConnectAsync(sandbox.Id, port, cancellationToken));
        }
        catch (RuntimeException failure)
        {
            throw Unconnected(pod, port, failure.Message);
        }
    }

    public Task<string> ReadResourceMetricsAsync(CancellationToken cancellationToken) => reports.ResourceMetricsAsync(cancellationToken);

    private static ApiException Unconnected(ObjectKey pod, int port, string why)
        => new(StatusReason.InternalError, $"error forwarding port {port} to pod {pod.Name}: {why}");

    private async Task<IProcessSession> StartAsync(ContainerAddress container, Func<string, Task<IRuntimeProcess>> start)
    {
        var view = Find(container.Pod);
        var found = PodContainers.Find(view, PodContainers.NameOf(view.Pod, container.Container));
        if (!found.IsRunning)
        {
            throw NotRunning(found.Name);
        }

        try
        {
            return new RuntimeProcessSession(await start(found.Current!.Id));
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
