using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>What came of a launch that did not simply succeed.</summary>
/// <param name="Problem">What the container waits for; null when it ran or counts as ended.</param>
/// <param name="FailedStart">The instance that could not run, or null.</param>
internal sealed record LaunchResult(LaunchException? Problem, ContainerStatus? FailedStart)
{
    public static LaunchResult Started { get; } = new(null, null);
}

/// <summary>Brings one container up: image, environment, mounts, start, postStart hook; tells each step by an event.</summary>
internal sealed class ContainerLauncher(PodWorkerContext context)
{
    private const string DefaultMessagePath = "/dev/termination-log";

    private readonly ImageResolver _images = new(context.Runtime, context.Events, context.Time);
    private readonly PodSources _sources = new(context);
    private readonly LifecycleHooks _hooks = new(context.Runtime, context.Prober, context.Time);

    public async Task<LaunchResult> LaunchAsync(
        V1Pod pod, PodContainer container, int attempt, SandboxStatus sandbox, CancellationToken cancellationToken)
    {
        try
        {
            var image = await _images.ResolveAsync(pod, container, cancellationToken);
            ContainerSecurities.RequireNonRoot(pod, container.Spec, image);
            var spec = await SpecifyAsync(pod, container, attempt, sandbox, cancellationToken);
            return await StartAsync(pod, container, spec, sandbox, cancellationToken);
        }
        catch (LaunchException problem)
        {
            if (problem.Reason == LaunchReasons.InvalidConfig)
            {
                context.Events.Warning(pod, container, "Failed", $"Error: {problem.Message}");
            }

            return new LaunchResult(problem, null);
        }
    }

    private async Task<ContainerSpec> SpecifyAsync(
        V1Pod pod, PodContainer container, int attempt, SandboxStatus sandbox, CancellationToken cancellationToken)
    {
        try
        {
            EnsureFiles(pod, sandbox);
            var podIp = sandbox.Ip ?? context.Options.NodeIp;
            var sources = await _sources.ReadAsync(pod, podIp.ToString(), cancellationToken);
            var variables = ContainerEnvironment.Build(container.Spec, sources);
            var volumes = context.Volumes.PathsOf(pod);
            IReadOnlyList<ContainerMount> mounts =
            [
                .. PodFiles.MountsOf(container.Spec, DirectoryOf(pod)),
                MessageFile(pod, container, attempt),
                .. ContainerMounts.Of(container.Spec, volumes, variables),
            ];
            return ContainerSpecs.Of(pod, container, attempt, variables, mounts, context.Resources) with
            {
                ProcessesOf = TargetOf(pod, container, sandbox),
            };
        }
        catch (Exception problem) when (problem is ContainerConfigException or IOException or UnauthorizedAccessException)
        {
            throw new LaunchException(LaunchReasons.InvalidConfig, problem.Message);
        }
    }

    private string? TargetOf(V1Pod pod, PodContainer container, SandboxStatus sandbox)
    {
        if (container.TargetName is not { } target)
        {
            return null;
        }

        var running = context.RuntimeView.Of(pod.Metadata.Uid).Containers
            .FirstOrDefault(one => one.SandboxId == sandbox.Id && one.Name == target && one.Phase == ContainerPhase.Running);
        return running?.Id
            ?? throw new LaunchException(
                LaunchReasons.InvalidConfig, $"unable to find target container \"{target}\" for ephemeral container");
    }

    /// <summary>The agent may have ended between making the sandbox and writing its files.</summary>
    private void EnsureFiles(V1Pod pod, SandboxStatus sandbox)
    {
        if (!File.Exists(DirectoryOf(pod).ResolvConf))
        {
            PodFiles.Write(pod, DirectoryOf(pod), sandbox.Ip, context.Options);
        }
    }

    private ContainerMount MessageFile(V1Pod pod, PodContainer container, int attempt)
    {
        var file = DirectoryOf(pod).TerminationMessage(container.Name, attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, []);
        // Whatever user the container runs as may write its last words.
        File.SetUnixFileMode(file, (UnixFileMode)0x1B6);
        return new ContainerMount(file, container.Spec.TerminationMessagePath ?? DefaultMessagePath, ReadOnly: false);
    }

    private async Task<LaunchResult> StartAsync(
        V1Pod pod, PodContainer container, ContainerSpec spec, SandboxStatus sandbox, CancellationToken cancellationToken)
    {
        string id;
        try
        {
            id = await context.Runtime.StartContainerAsync(sandbox.Id, spec, cancellationToken);
        }
        catch (RuntimeException failure)
        {
            context.Events.Warning(pod, container, "Failed", $"Error: {failure.Message}");
            var ended = FailedStart.Of(
                SandboxSpecs.IdentityOf(pod), sandbox.Id, spec, context.Time.GetUtcNow(), failure.Message);
            return new LaunchResult(null, ended);
        }

        context.Events.Normal(pod, container, "Created", $"Created container: {container.Name}");
        context.Events.Normal(pod, container, "Started", $"Started container {container.Name}");
        await context.RuntimeView.RefreshAsync(cancellationToken);
        await RunPostStartAsync(pod, container, id, sandbox, cancellationToken);
        return LaunchResult.Started;
    }

    private async Task RunPostStartAsync(
        V1Pod pod, PodContainer container, string containerId, SandboxStatus sandbox, CancellationToken cancellationToken)
    {
        if (container.Spec.Lifecycle?.PostStart is not { } hook)
        {
            return;
        }

        var target = new ProbeTarget(container.Spec, containerId, sandbox.Ip ?? context.Options.NodeIp);
        if (await _hooks.RunAsync(hook, target, cancellationToken) is { } problem)
        {
            context.Events.Warning(pod, container, "FailedPostStartHook", $"PostStartHook failed: {problem}");
            context.Events.Normal(pod, container, "Killing", "FailedPostStartHook");
            var grace = TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30);
            await context.Runtime.StopContainerAsync(containerId, grace, cancellationToken);
            await context.RuntimeView.RefreshAsync(cancellationToken);
        }
    }

    private PodDirectory DirectoryOf(V1Pod pod) => new(context.Options.DataDirectory, pod.Metadata.Uid);
}
