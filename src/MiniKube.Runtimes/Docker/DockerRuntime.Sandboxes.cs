using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

public sealed partial class DockerRuntime
{
    /// <inheritdoc />
    public async Task<SandboxStatus> RunSandboxAsync(SandboxSpec sandbox, CancellationToken cancellationToken)
    {
        if (await FindSandboxAsync(sandbox.Id, cancellationToken) is { Status.Ready: true } present)
        {
            return present.Status;
        }

        var parameters = DockerSpecs.Sandbox(_options.InstanceName, sandbox);
        var id = await CreateAsync(parameters, cancellationToken);
        try
        {
            await DockerErrors.TranslateAsync(
                _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken));
        }
        catch (RuntimeException)
        {
            await RemoveAsync(id, CancellationToken.None);
            throw;
        }

        return (await InspectSandboxAsync(id, cancellationToken)).Status;
    }

    /// <inheritdoc />
    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        var all = await ListAllAsync(cancellationToken);
        var own = all.Where(container => container.Labels[DockerLabels.SandboxId] == sandboxId).ToList();

        // The one that owns the network goes last, so that the others can say goodbye over it.
        await Task.WhenAll(own.Where(one => !DockerLabels.IsSandbox(one.Labels)).Select(one => RemoveAsync(one.ID, cancellationToken)));
        foreach (var sandbox in own.Where(one => DockerLabels.IsSandbox(one.Labels)))
        {
            await _network.LeaveAsync(sandbox.ID, cancellationToken);
            await RemoveAsync(sandbox.ID, cancellationToken);
        }

        _sandboxes.TryRemove(sandboxId, out _);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellationToken)
    {
        var all = await ListAllAsync(cancellationToken);
        var sandboxes = await Task.WhenAll(all
            .Where(container => DockerLabels.IsSandbox(container.Labels))
            .Select(container => SandboxAsync(container, cancellationToken)));
        return [.. sandboxes.OfType<DockerSandbox>().Select(sandbox => sandbox.Status)];
    }

    private async Task<DockerSandbox?> FindSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        if (_sandboxes.TryGetValue(sandboxId, out var known))
        {
            return known;
        }

        var all = await ListAllAsync(cancellationToken);
        var found = all.FirstOrDefault(
            one => DockerLabels.IsSandbox(one.Labels) && one.Labels[DockerLabels.SandboxId] == sandboxId);
        return found is null ? null : await SandboxAsync(found, cancellationToken);
    }

    private async Task<DockerSandbox?> SandboxAsync(ContainerListResponse container, CancellationToken cancellationToken)
    {
        var id = container.Labels[DockerLabels.SandboxId];
        if (container.State == "running" && _sandboxes.TryGetValue(id, out var known))
        {
            return known;
        }

        _sandboxes.TryRemove(id, out _);
        try
        {
            return await InspectSandboxAsync(container.ID, cancellationToken);
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return null; // Removed between the list and the look.
        }
    }

    private async Task<DockerSandbox> InspectSandboxAsync(string containerId, CancellationToken cancellationToken)
    {
        var container = await DockerErrors.TranslateAsync(_client.Containers.InspectContainerAsync(containerId, cancellationToken));
        var labels = container.Config.Labels;
        var address = container.NetworkSettings.Networks.TryGetValue(_options.InstanceName, out var network) ? network.IPAddress : null;
        var status = new SandboxStatus
        {
            Id = labels[DockerLabels.SandboxId],
            Pod = DockerLabels.Pod(labels),
            Ip = IPAddress.TryParse(address, out var ip) ? ip : null,
            Ready = container.State.Running,
            Created = new DateTimeOffset(container.Created.ToUniversalTime()),
        };
        var sandbox = new DockerSandbox(
            containerId, status, container.HostConfig.PidMode == "host", DockerLabels.SharesProcesses(labels));
        if (status.Ready)
        {
            _sandboxes[status.Id] = sandbox;
        }

        return sandbox;
    }

    /// <summary>Creates a container; a dead one of the same name, left by a crash between create and start, makes room.</summary>
    private async Task<string> CreateAsync(CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.Containers.CreateContainerAsync(parameters, cancellationToken)).ID;
        }
        catch (DockerApiException taken) when (taken.StatusCode == HttpStatusCode.Conflict)
        {
            await RemoveAsync(parameters.Name, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await DockerErrors.TranslateAsync(Task.FromException(failure));
        }

        var again = await DockerErrors.TranslateAsync(_client.Containers.CreateContainerAsync(parameters, cancellationToken));
        return again.ID;
    }
}
