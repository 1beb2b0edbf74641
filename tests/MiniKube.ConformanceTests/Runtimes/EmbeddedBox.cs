using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Networking;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// An embedded runtime of one test in a directory of its own; disposing it ends everything and checks that nothing is left.
/// </summary>
internal sealed class EmbeddedBox : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly PodNetwork _network;
    private readonly string _instance;
    private int _number;

    private EmbeddedBox(string subdirectory)
    {
        Data = Directory.CreateDirectory(_directory.At(subdirectory)).FullName;
        _instance = PodNetworkOptions.InstanceNameOf(Data);
        var options = new PodNetworkOptions { InstanceName = _instance, StateDirectory = _directory.At("network") };
        _network = new PodNetwork(options, NullLogger<PodNetwork>.Instance);
        Runtime = NewRuntime();
    }

    public string Data { get; }

    public EmbeddedRuntime Runtime { get; private set; }

    public static async Task<EmbeddedBox> OpenAsync(CancellationToken cancellationToken, string subdirectory = "data")
    {
        LinuxRoot.Require();
        var box = new EmbeddedBox(subdirectory);
        await box.Runtime.ConfigureAsync(IPNetwork.Parse("10.219.17.0/24"), cancellationToken);
        await using var image = BundledImages.OpenTestbox();
        await box.Runtime.LoadImageAsync(image, cancellationToken);
        return box;
    }

    public async Task RestartAsync()
    {
        await Runtime.DisposeAsync();
        Runtime = NewRuntime();
    }

    public SandboxSpec Spec()
    {
        var name = $"pod-{Interlocked.Increment(ref _number)}";
        return new SandboxSpec
        {
            Id = $"{name}-0",
            Pod = new PodIdentity(new ObjectKey("default", name), $"uid-{name}"),
            Hostname = name,
            HostNetwork = true, // Cheaper where the test is not about networks.
        };
    }

    public static ContainerSpec Container(params string[] command) => new()
    {
        Name = "main",
        Attempt = 0,
        Image = BundledImages.Testbox,
        Command = command,
    };

    public async Task<string> StartAsync(ContainerSpec container, CancellationToken cancellationToken, SandboxSpec? spec = null)
    {
        var sandbox = await Runtime.RunSandboxAsync(spec ?? Spec(), cancellationToken);
        return await Runtime.StartContainerAsync(sandbox.Id, container, cancellationToken);
    }

    /// <summary>Runs a container to its end and returns what it wrote.</summary>
    public async Task<string> RunAsync(ContainerSpec container, CancellationToken cancellationToken, SandboxSpec? spec = null)
    {
        var id = await StartAsync(container, cancellationToken, spec);
        return await LogAsync(id, new LogQuery { Follow = true }, cancellationToken);
    }

    public async Task<string> LogAsync(string id, LogQuery query, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await Runtime.CopyLogsAsync(id, query, output, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    public async Task<ContainerStatus> StatusAsync(string id, CancellationToken cancellationToken)
        => (await Runtime.ListContainersAsync(cancellationToken)).Single(one => one.Id == id);

    /// <summary>The processes of this instance, by their cgroups.</summary>
    public IReadOnlySet<int> Processes()
        => CgroupHierarchy.Detect("/sys/fs/cgroup", _instance, File.ReadAllText("/proc/self/cgroup")).ProcessesIn();

    public async ValueTask DisposeAsync()
    {
        var shims = Shims();
        await Runtime.TearDownAsync(CancellationToken.None);
        await Runtime.DisposeAsync();
        await _network.DisposeAsync();
        Assert.That(Processes(), Is.Empty, "processes are left");
        await Eventually.HoldsAsync(
            "no shim is left", () => Task.FromResult(!shims.Any(pid => Directory.Exists($"/proc/{pid}"))), CancellationToken.None);
        Assert.That(
            Directory.GetDirectories("/sys/fs/cgroup").Where(root => Directory.Exists($"{root}/minikube-{_instance}")), Is.Empty,
            "cgroups are left");
        Assert.That(File.ReadAllText("/proc/self/mounts"), Does.Not.Contain(Data), "mounts are left");
        _directory.Dispose();
    }

    /// <summary>The monitors of this instance: processes whose working directory is one of its sandboxes.</summary>
    public IReadOnlyList<int> Shims()
        => [.. Directory.GetDirectories("/proc")
            .Select(static path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && new FileInfo($"/proc/{pid}/cwd").LinkTarget?.StartsWith(Data, StringComparison.Ordinal) == true)];

    private EmbeddedRuntime NewRuntime() => new(
        new EmbeddedRuntimeOptions { DataDirectory = Data, InstanceName = _instance },
        new PodNetworkAdapter(_network),
        TimeProvider.System,
        NullLoggerFactory.Instance);
}
