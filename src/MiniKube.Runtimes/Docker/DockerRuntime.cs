using System.Collections.Concurrent;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;

namespace MiniKube.Runtimes;

/// <summary>
/// Pods in a Docker engine (API 1.41 and later). A sandbox is a container that does nothing but own the pod's network; the others
/// join it. All state is in the engine, as labels. What is here is only remembered answers. Thread-safe.
/// </summary>
public sealed partial class DockerRuntime : IContainerRuntime
{
    private readonly DockerClient _client;
    private readonly DockerRuntimeOptions _options;
    private readonly DockerEvents _events;
    private readonly DockerNetwork _network;
    private readonly EngineRetry _retry;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, DockerSandbox> _sandboxes = new();

    // Exited containers never change again, and running ones only by an event that takes them out of here.
    private readonly ConcurrentDictionary<string, ContainerStatus> _known = new();

    /// <summary>Connects nothing yet.</summary>
    public DockerRuntime(DockerRuntimeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        using var configuration = new DockerClientConfiguration(options.Endpoint);
        _client = configuration.CreateClient();
        _network = new DockerNetwork(_client, options, time);
        _retry = new EngineRetry(time);
        _events = new DockerEvents(_client, options.InstanceName, Forget, time, loggers.CreateLogger<DockerRuntime>());
    }

    /// <inheritdoc />
    public string Name => "docker";

    /// <summary>Whether an engine answers at the address within two seconds, and what it says of itself if so.</summary>
    public static async Task<string?> ProbeAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        using var configuration = new DockerClientConfiguration(endpoint, defaultTimeout: TimeSpan.FromSeconds(2));
        using var client = configuration.CreateClient();
        try
        {
            var version = await client.System.GetVersionAsync(cancellationToken);
            return version.Version;
        }
        catch (Exception failure) when (failure is HttpRequestException or TimeoutException or IOException or DockerApiException
            or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var version = await DockerErrors.TranslateAsync(_client.System.GetVersionAsync(cancellationToken));
        return $"docker://{version.Version}";
    }

    /// <inheritdoc />
    public async Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        _events.Start();
        if (await FindImageAsync(BundledImages.Testbox, cancellationToken) is null)
        {
            await using var archive = BundledImages.OpenTestbox();
            await LoadImageAsync(archive, cancellationToken);
        }

        await _network.EnsureAsync(podCidr, cancellationToken);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken) => _events.WatchAsync(cancellationToken);

    /// <inheritdoc />
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        var containers = await ListAllAsync(cancellationToken);
        foreach (var sandbox in containers.Where(container => DockerLabels.IsSandbox(container.Labels)))
        {
            await _network.LeaveAsync(sandbox.ID, cancellationToken);
        }

        await Task.WhenAll(containers.Select(container => RemoveAsync(container.ID, cancellationToken)));
        await _network.RemoveAsync(cancellationToken);
        _sandboxes.Clear();
        _known.Clear();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _network.Dispose();
        _client.Dispose();
    }

    private async Task<IList<ContainerListResponse>> ListAllAsync(CancellationToken cancellationToken)
        => await DockerErrors.TranslateAsync(_client.Containers.ListContainersAsync(
            new ContainersListParameters { All = true, Filters = DockerLabels.FilterOf(_options.InstanceName) }, cancellationToken));


    // 409: somebody else's removal of it is under way, and it is only gone when that one has ended.
    private async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
        await _retry.WhileAsync(
            HttpStatusCode.Conflict,
            () => _client.Containers.RemoveContainerAsync(id, parameters, cancellationToken),
            static () => Task.CompletedTask,
            cancellationToken);
        _known.TryRemove(id, out _);
    }

    private void Forget(string containerId) => _known.TryRemove(containerId, out _);
}
