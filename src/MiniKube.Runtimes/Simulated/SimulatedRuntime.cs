using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Runtimes;

/// <summary>
/// Pods that exist only as state: nothing runs, nothing listens, and thousands of nodes fit on a laptop. Containers start at once
/// and run until stopped, unless the pod's annotations (<see cref="SimulatedScript"/>) or a test say otherwise. State is lost
/// with the process. Thread-safe.
/// </summary>
public sealed class SimulatedRuntime(TimeProvider time) : IContainerRuntime
{
    private readonly Lock _gate = new();
    private readonly RuntimeEventHub _events = new();
    private readonly SimulatedAddresses _addresses = new();
    private readonly Dictionary<string, SimulatedSandbox> _sandboxes = [];
    private readonly Dictionary<string, SimulatedContainer> _containers = [];
    private readonly ConcurrentDictionary<string, ImageStatus> _images = new();
    private readonly ConcurrentDictionary<string, RuntimeException> _failingPulls = new();
    private readonly ConcurrentDictionary<string, RuntimeException> _failingStarts = new();

    /// <inheritdoc />
    public string Name => "simulated";

    /// <summary>
    /// What a command in a container answers; by default it prints itself and ends with 0. The first argument is the container's name.
    /// </summary>
    public Func<string, ProcessSpec, SimulatedAnswer> Executor { get; set; }
        = static (_, process) => new SimulatedAnswer(0, string.Join(' ', process.Command) + "\n");

    /// <summary>Takes the place of <see cref="Executor"/> where a process must read its input or its terminal's size.</summary>
    public Func<ProcessSpec, IRuntimeProcess>? Starter { get; set; }

    /// <summary>What answers when somebody connects to a port of any pod: the address of a real listener. None by default.</summary>
    public ConcurrentDictionary<int, IPEndPoint> Listeners { get; } = new();

    /// <summary>How long a container takes to die after SIGTERM; longer than the grace means it is killed.</summary>
    public TimeSpan StopDuration { get; set; } = TimeSpan.Zero;

    /// <inheritdoc />
    public Task<string> VersionAsync(CancellationToken cancellationToken) => Task.FromResult("simulated://1.0.0");

    /// <inheritdoc />
    public Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        _addresses.Configure(podCidr);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<SandboxStatus> RunSandboxAsync(SandboxSpec sandbox, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_sandboxes.TryGetValue(sandbox.Id, out var made))
            {
                var address = sandbox.HostNetwork ? null : _addresses.Rent();
                made = new SimulatedSandbox(sandbox, address, time.GetUtcNow());
                _sandboxes.Add(sandbox.Id, made);
            }

            return Task.FromResult(made.Status);
        }
    }

    /// <inheritdoc />
    public Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        SimulatedSandbox? removed;
        lock (_gate)
        {
            if (!_sandboxes.Remove(sandboxId, out removed))
            {
                return Task.CompletedTask;
            }

            _addresses.Return(removed.Address);
            foreach (var container in ContainersOfLocked(sandboxId))
            {
                container.Exit(137, time.GetUtcNow());
                _containers.Remove(container.Id);
            }
        }

        _events.Publish(new RuntimeEvent(sandboxId, removed.Spec.Pod));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<SandboxStatus>>([.. _sandboxes.Values.Select(one => one.Status)]);
        }
    }

    /// <inheritdoc />
    public Task<string> StartContainerAsync(string sandboxId, ContainerSpec container, CancellationToken cancellationToken)
    {
        ThrowIfScripted(_failingStarts, container.Image);
        var image = _images.GetValueOrDefault(container.Image)
            ?? throw new RuntimeException(RuntimeError.ImageNotFound, $"image {container.Image} is not on this machine");
        SimulatedContainer started;
        lock (_gate)
        {
            var sandbox = _sandboxes.GetValueOrDefault(sandboxId)
                ?? throw new RuntimeException(RuntimeError.NotFound, $"sandbox {sandboxId} does not exist");
            started = new SimulatedContainer(sandbox.Spec, container, image.Id, time.GetUtcNow());
            _containers.Add(started.Id, started);
            if (SimulatedScript.Read(sandbox.Spec.Annotations, container.Name) is { } script)
            {
                started.ExitLater(time.CreateTimer(
                    _ => End(started, script.ExitCode), null, script.ExitAfter, Timeout.InfiniteTimeSpan));
            }
        }

        _events.Publish(new RuntimeEvent(sandboxId, started.Pod));
        return Task.FromResult(started.Id);
    }

    /// <inheritdoc />
    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        var container = FindContainer(containerId);
        if (container is null || container.HasExited)
        {
            return;
        }

        var obeys = StopDuration <= grace;
        var duration = obeys ? StopDuration : grace;
        if (duration > TimeSpan.Zero)
        {
            await Task.Delay(duration, time, cancellationToken);
        }

        End(container, obeys ? 143 : 137);
    }

    /// <inheritdoc />
    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_containers.TryGetValue(containerId, out var container) && !container.HasExited)
            {
                throw new RuntimeException(RuntimeError.Failed, $"container {containerId} still runs; stop it first");
            }

            _containers.Remove(containerId);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ContainerStatus>>([.. _containers.Values.Select(one => one.Status)]);
        }
    }

    /// <inheritdoc />
    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken) => _events.WatchAsync(cancellationToken);

    /// <inheritdoc />
    public Task<IRuntimeProcess> ExecAsync(string containerId, ProcessSpec process, CancellationToken cancellationToken)
    {
        var container = FindContainer(containerId);
        if (container is null || container.HasExited)
        {
            throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} is not running");
        }

        return Task.FromResult(Starter?.Invoke(process) ?? new SimulatedProcess(Executor(container.Spec.Name, process), time));
    }

    /// <inheritdoc />
    public Task<IRuntimeProcess> AttachAsync(string containerId, AttachSpec attach, CancellationToken cancellationToken)
    {
        var container = FindContainer(containerId);
        return container is null || container.HasExited
            ? throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} is not running")
            : Task.FromResult<IRuntimeProcess>(new SimulatedAttachment(container.Log, attach, time));
    }

    /// <inheritdoc />
    public async Task<Socket> ConnectAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        if (!Listeners.TryGetValue(port, out var address))
        {
            throw PodSocket.Refused(port, new SocketException((int)SocketError.ConnectionRefused));
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, cancellationToken);
        return socket;
    }

    /// <summary>Nothing runs, so nothing is used.</summary>
    public async Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken)
        => [.. (await ListContainersAsync(cancellationToken))
            .Where(container => container.Phase == ContainerPhase.Running)
            .Select(container => new ContainerUsage
            {
                ContainerId = container.Id, Time = time.GetUtcNow(), CpuNanoseconds = 0, MemoryBytes = 0, WorkingSetBytes = 0, RssBytes = 0,
            })];

    /// <inheritdoc />
    public Task CopyLogsAsync(string containerId, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        var container = FindContainer(containerId)
            ?? throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} does not exist");
        return container.Log.CopyAsync(query, destination, cancellationToken);
    }

    /// <inheritdoc />
    public Task<ImageStatus?> FindImageAsync(string image, CancellationToken cancellationToken)
        => Task.FromResult(_images.GetValueOrDefault(image));

    /// <inheritdoc />
    public Task<IReadOnlyList<ImageStatus>> ListImagesAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<ImageStatus>>([.. _images.Values]);

    /// <inheritdoc />
    public Task<ImageStatus> PullImageAsync(string image, CancellationToken cancellationToken)
    {
        ThrowIfScripted(_failingPulls, image);
        var id = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)));
        return Task.FromResult(_images.GetOrAdd(image, _ => new ImageStatus { Id = id, Names = [image], Bytes = 0 }));
    }

    /// <summary>Not possible: there is nothing that could read an archive.</summary>
    public Task<IReadOnlyList<string>> LoadImageAsync(Stream archive, CancellationToken cancellationToken)
        => throw new RuntimeException(RuntimeError.NotSupported, "the simulated runtime has no images to load; it pulls any name");

    /// <inheritdoc />
    public Task RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        _images.TryRemove(image, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        foreach (var sandbox in await ListSandboxesAsync(cancellationToken))
        {
            await RemoveSandboxAsync(sandbox.Id, cancellationToken);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach (var container in _containers.Values)
            {
                container.ForgetTimer();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the running container of that name in the pod, as if its process had.</summary>
    public void Exit(ObjectKey pod, string containerName, int exitCode, bool oomKilled = false)
        => End(Running(pod, containerName), exitCode, oomKilled);

    /// <summary>Makes the running container write a line to its log.</summary>
    public void WriteLog(ObjectKey pod, string containerName, string line)
        => Running(pod, containerName).Log.Write(time.GetUtcNow(), line);

    /// <summary>Kills the pod's sandbox with everything in it, as a restart of the machine would.</summary>
    public void KillSandbox(ObjectKey pod)
    {
        SimulatedSandbox sandbox;
        lock (_gate)
        {
            sandbox = _sandboxes.Values.First(one => one.Spec.Pod.Key == pod && one.Status.Ready);
            sandbox.Die();
            foreach (var container in ContainersOfLocked(sandbox.Spec.Id))
            {
                container.Exit(137, time.GetUtcNow());
            }
        }

        _events.Publish(new RuntimeEvent(sandbox.Spec.Id, sandbox.Spec.Pod));
    }

    /// <summary>Lets every pull of the image fail until <paramref name="failure"/> is null again.</summary>
    public void FailPull(string image, RuntimeException? failure) => Script(_failingPulls, image, failure);

    /// <summary>Lets every start of a container of the image fail until <paramref name="failure"/> is null again.</summary>
    public void FailStart(string image, RuntimeException? failure) => Script(_failingStarts, image, failure);

    private static void Script(ConcurrentDictionary<string, RuntimeException> script, string image, RuntimeException? failure)
    {
        if (failure is null)
        {
            script.TryRemove(image, out _);
            return;
        }

        script[image] = failure;
    }

    private static void ThrowIfScripted(ConcurrentDictionary<string, RuntimeException> script, string image)
    {
        if (script.TryGetValue(image, out var failure))
        {
            throw new RuntimeException(failure.Error, failure.Message);
        }
    }

    private void End(SimulatedContainer container, int exitCode, bool oomKilled = false)
    {
        if (container.Exit(exitCode, time.GetUtcNow(), oomKilled))
        {
            _events.Publish(new RuntimeEvent(container.SandboxId, container.Pod));
        }
    }

    private SimulatedContainer? FindContainer(string containerId)
    {
        lock (_gate)
        {
            return _containers.GetValueOrDefault(containerId);
        }
    }

    private SimulatedContainer Running(ObjectKey pod, string containerName)
    {
        lock (_gate)
        {
            return _containers.Values.FirstOrDefault(
                one => one.Pod.Key == pod && one.Spec.Name == containerName && !one.HasExited)
                ?? throw new RuntimeException(RuntimeError.NotFound, $"no running container {containerName} in pod {pod}");
        }
    }

    private IReadOnlyList<SimulatedContainer> ContainersOfLocked(string sandboxId)
        => [.. _containers.Values.Where(one => one.SandboxId == sandboxId)];
}
