using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>A pod's volumes or sandbox could not be made; the event has been written.</summary>
internal sealed class PrepareException(string reason, string message) : Exception(message)
{
    /// <summary>The event's reason.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Makes what a pod's containers share: volumes, sandbox, the files in <c>/etc</c>.</summary>
internal sealed class PodPreparer(PodWorkerContext context)
{
    private readonly PodSources _sources = new(context);
    private readonly PodTokens _tokens = new(context.Client, context.Time);

    /// <summary>When the volumes are to be made again, because a token in them gets old; null when none does.</summary>
    public DateTimeOffset? RenewAt => _tokens.RenewAt;

    /// <summary>True when that time has come. Who is told so makes the volumes; the next time is half a minute away at least.</summary>
    public bool TakeRenewal(DateTimeOffset now) => _tokens.TakeRenewal(now);

    /// <exception cref="PrepareException">Something is missing or refused; trying again may help.</exception>
    public async Task PrepareAsync(V1Pod pod, int attempt, CancellationToken cancellationToken)
    {
        await MakeVolumesAsync(pod, podIp: "", cancellationToken);
        foreach (var dead in context.RuntimeView.Of(pod.Metadata.Uid).Sandboxes.Where(sandbox => !sandbox.Ready))
        {
            context.Events.Normal(pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            await context.Runtime.RemoveSandboxAsync(dead.Id, cancellationToken);
        }

        var sandbox = await RunSandboxAsync(pod, attempt, cancellationToken);
        PodFiles.Write(pod, DirectoryOf(pod), sandbox.Ip, context.Options);
        await context.RuntimeView.RefreshAsync(cancellationToken);
    }

    /// <summary>Makes or updates the volumes.</summary>
    /// <exception cref="PrepareException">A source is missing or cannot be used.</exception>
    public async Task MakeVolumesAsync(V1Pod pod, string podIp, CancellationToken cancellationToken)
    {
        try
        {
            var sources = await _sources.ReadAsync(pod, podIp, cancellationToken);
            context.Volumes.Prepare(pod, sources with { Token = await _tokens.ReadAsync(pod, cancellationToken) });
        }
        catch (ContainerConfigException problem)
        {
            throw Failed(pod, "FailedMount", problem.Message);
        }
    }

    private async Task<SandboxStatus> RunSandboxAsync(V1Pod pod, int attempt, CancellationToken cancellationToken)
    {
        // Who asks for another runtime may rely on its walls: the node's own one must not pass for it.
        if (!string.IsNullOrEmpty(pod.Spec.RuntimeClassName))
        {
            throw Failed(pod, "FailedCreatePodSandBox",
                $"Failed to create pod sandbox: no runtime for RuntimeClass \"{pod.Spec.RuntimeClassName}\" is configured on this node");
        }

        try
        {
            var spec = SandboxSpecs.Of(pod, attempt, context.Options.NodeName);
            return await context.Runtime.RunSandboxAsync(spec, cancellationToken);
        }
        catch (RuntimeException problem)
        {
            throw Failed(pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {problem.Message}");
        }
    }

    private PodDirectory DirectoryOf(V1Pod pod) => new(context.Options.DataDirectory, pod.Metadata.Uid);

    private PrepareException Failed(V1Pod pod, string reason, string message)
    {
        context.Events.Warning(pod, reason, message);
        return new PrepareException(reason, message);
    }
}
