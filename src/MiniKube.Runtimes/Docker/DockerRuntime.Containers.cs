using System.Globalization;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

public sealed partial class DockerRuntime
{
    /// <inheritdoc />
    public async Task<string> StartContainerAsync(string sandboxId, ContainerSpec container, CancellationToken cancellationToken)
    {
        var sandbox = await FindSandboxAsync(sandboxId, cancellationToken);
        if (sandbox is not { Status.Ready: true })
        {
            throw new RuntimeException(RuntimeError.NotFound, $"sandbox {sandboxId} is not running");
        }

        var id = await CreateAsync(DockerSpecs.Container(_options.InstanceName, sandbox, container), cancellationToken);
        try
        {
            await DockerErrors.TranslateAsync(
                _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken));
            return id;
        }
        catch (RuntimeException)
        {
            await RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <inheritdoc />
    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        var parameters = new ContainerStopParameters { WaitBeforeKillSeconds = (uint)Math.Max(0, Math.Ceiling(grace.TotalSeconds)) };
        try
        {
            await DockerErrors.TranslateAsync(_client.Containers.StopContainerAsync(containerId, parameters, cancellationToken));
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            // Dead or unknown is what the caller wanted.
        }

        Forget(containerId);
    }

    /// <inheritdoc />
    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken)
        => RemoveAsync(containerId, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(CancellationToken cancellationToken)
    {
        var all = await ListAllAsync(cancellationToken);
        var statuses = await Task.WhenAll(all
            .Where(container => !DockerLabels.IsSandbox(container.Labels) && container.State != "created")
            .Select(container => StatusAsync(container, cancellationToken)));
        return [.. statuses.OfType<ContainerStatus>()];
    }

    private async Task<ContainerStatus?> StatusAsync(ContainerListResponse container, CancellationToken cancellationToken)
    {
        var phase = container.State is "exited" or "dead" ? ContainerPhase.Exited : ContainerPhase.Running;
        if (_known.TryGetValue(container.ID, out var known) && known.Phase == phase)
        {
            return known;
        }

        try
        {
            var inspected = await DockerErrors.TranslateAsync(_client.Containers.InspectContainerAsync(container.ID, cancellationToken));
            var status = Status(inspected);
            _known[container.ID] = status;
            return status;
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return null; // Removed between the list and the look.
        }
    }

    private static ContainerStatus Status(ContainerInspectResponse container)
    {
        var started = Time(container.State.StartedAt);
        var finished = Time(container.State.FinishedAt);
        var status = DockerLabels.Status(container.ID, container.Image, container.Config.Labels, started);
        return container.State.Running
            ? status
            : status with
            {
                Phase = ContainerPhase.Exited,
                // The engine notes the start after the process runs; a short one has ended by then.
                Finished = finished < started ? started : finished,
                ExitCode = (int)container.State.ExitCode,
                OomKilled = container.State.OOMKilled,
                Message = container.State.Error ?? "",
            };
    }

    private static DateTimeOffset Time(string text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.UnixEpoch;
}
