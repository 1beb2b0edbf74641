using Microsoft.Extensions.Logging;
using MiniKube.Networking;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// A whole server in this process: data directory, store, API server, controllers and scheduler, node, service proxy. Each is ready
/// before the next starts; all stop in reverse. Disposing stops it and leaves the pods running.
/// </summary>
internal sealed partial class ClusterHost : IAsyncDisposable
{
    private readonly DataDirectory _data;
    private readonly ComponentStack _components = new();
    private readonly ILogger<ClusterHost> _logger;
    private ControlPlane? _controlPlane;
    private NodeParts? _node;
    private ControlSocket? _control;
    private SnapshotTaker? _snapshots;

    private ClusterHost(DataDirectory data, ILoggerFactory loggers)
    {
        _data = data;
        _logger = loggers.CreateLogger<ClusterHost>();
    }

    /// <summary>The API's address for programs on this machine.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The admin's kubeconfig.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>The name of this machine's node; null when there is none.</summary>
    public string? NodeName { get; private set; }

    /// <summary>The runtime of this machine's node; null when there is none.</summary>
    public string? RuntimeName => _node?.Runtime.Name;

    /// <summary>Starts everything and returns when all of it is ready.</summary>
    /// <exception cref="CommandException">Something is missing, taken or damaged; the message says what to do.</exception>
    public static async Task<ClusterHost> StartAsync(
        ServerSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new ClusterHost(DataDirectory.Open(settings.DataDirectory), loggers);
        try
        {
            SnapshotRestore.ThrowIfInterrupted(host._data.Root);
            await host.StartPartsAsync(settings, new HostServices(time, loggers), cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when somebody asked the server to stop; throws when a component ended by itself.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failure = _components.WaitForFailureAsync(cancellationToken);
        var first = await Task.WhenAny(failure, _control!.StopAsked.WaitAsync(cancellationToken));
        await first;
    }

    /// <summary>Ends the pods, removes what the node put on the machine, and stops.</summary>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        if (_node is not null)
        {
            await _node.TearDownAsync(cancellationToken);
        }

        await _components.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _components.DisposeAsync();
        _snapshots?.Dispose();
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (_controlPlane is not null)
        {
            await _controlPlane.DisposeAsync();
        }

        _data.Dispose();
    }

    private async Task StartPartsAsync(ServerSettings settings, HostServices services, CancellationToken cancellationToken)
    {
        _data.RefuseIfAgent();
        var instance = PodNetworkOptions.InstanceNameOf(_data.Root);
        var decided = ClusterSettings.Resolve(settings, ClusterSettings.Find(_data.Root), NodeRoutes.Read(instance));
        settings = settings with { ClusterDns = ClusterDnsAddress.Choose(settings, decided.Services) };

        // The store reads its files while the runtime is looked for: neither needs the other.
        var choosing = settings.DisableAgent
            ? Task.FromResult<IContainerRuntime?>(null)
            : new RuntimeChoice(_data, decided.ToFacts(settings), services).ChooseAsync(
                settings, new(decided.Runtime, decided.DockerEndpoint), cancellationToken);
        _controlPlane = await ControlPlane.OpenAsync(settings, decided, _data, services, cancellationToken);
        if (await choosing is { } runtime)
        {
            _node = new NodeParts(runtime, settings, _controlPlane.ConnectNode(), _data, services);
            decided = decided with { Runtime = runtime.Name, DockerEndpoint = settings.DockerEndpoint ?? decided.DockerEndpoint };
        }

        decided.Save(_data.Root);
        var encryption = _controlPlane.Encryption(_data.Root, () => FolderOf(settings));
        await FinishEncryptionAsync(encryption, cancellationToken);
        await _controlPlane.StartAsync(_components, cancellationToken);
        WriteKubeconfig(settings, _controlPlane);
        _controlPlane.Server.CredentialsChanged += () => FollowCredentials(settings, _controlPlane);
        if (_node is not null)
        {
            NodeName = settings.NodeName;
            await _node.StartAsync(_components, cancellationToken);
        }

        var scheduler = await StartSnapshotsAsync(settings, _controlPlane, services, cancellationToken);
        _control = new ControlSocket(_data.Root, _node?.Runtime, services.Loggers);
        _control.Add("snapshot", _snapshots!.AnswerAsync);
        _control.Add("snapshot-dir", (_, _) => Task.FromResult<IEnumerable<string>>([_snapshots.Folder.Path]));
        _control.Add(CertificateCommand.RotateRequest, (_, _) => Rotate(_controlPlane, authority: false));
        _control.Add(CertificateCommand.RotateAuthorityRequest, (_, _) => Rotate(_controlPlane, authority: true));
        SecretsEncryptCommand.AddTo(_control, encryption, _snapshots);
        _control.Add("status", Status(_controlPlane, scheduler, services.Time).AnswerAsync);
        await _components.StartAsync(_control, cancellationToken);
        _controlPlane.DeclareReady(_components.Components);
        Log.Started(_logger, _data.Root, RuntimeName ?? "none");
    }

    // What is not encrypted yet still can be read: a full disk does not stop the server.
    private async Task FinishEncryptionAsync(SecretEncryption encryption, CancellationToken cancellationToken)
    {
        try
        {
            await encryption.FinishAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotReencrypted(_logger, failure.Message);
        }
    }

    private ServerStatus Status(ControlPlane controlPlane, SnapshotScheduler? scheduler, TimeProvider time) => new(_data.Root, time)
    {
        Address = Address,
        ControlPlane = controlPlane,
        Components = () => _components.Components,
        Snapshots = _snapshots!,
        Scheduler = scheduler,
        ConnectionOf = name => name == NodeName ? "local" : controlPlane.Server.NodesWithTunnel.Contains(name) ? "tunnel" : "direct",
    };

    private async Task<SnapshotScheduler?> StartSnapshotsAsync(
        ServerSettings settings, ControlPlane controlPlane, HostServices services, CancellationToken cancellationToken)
    {
        _snapshots = new SnapshotTaker(
            controlPlane.Capture, () => controlPlane.Seal.WritingKey, _data.Root, FolderOf(settings), settings.NodeName, services.Time);
        if (settings.SnapshotSchedule is not { } schedule)
        {
            return null;
        }

        var scheduler = new SnapshotScheduler(schedule, settings, _snapshots, services.Time, services.Loggers);
        await _components.StartAsync(scheduler, cancellationToken);
        return scheduler;
    }

    private SnapshotFolder FolderOf(ServerSettings settings) => new(settings.SnapshotDirectory ?? SnapshotFolder.Of(_data.Root));

    private static Task<IEnumerable<string>> Rotate(ControlPlane controlPlane, bool authority)
    {
        controlPlane.Server.RotateCertificates(authority);
        return Task.FromResult<IEnumerable<string>>([]);
    }

    // The old files stay usable until their certificate's end: a full disk does not stop the server.
    private void FollowCredentials(ServerSettings settings, ControlPlane controlPlane)
    {
        try
        {
            WriteKubeconfig(settings, controlPlane);
            Log.Renewed(_logger, Kubeconfig);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.KubeconfigNotWritten(_logger, Kubeconfig, failure.Message);
        }
    }

    private void WriteKubeconfig(ServerSettings settings, ControlPlane controlPlane)
    {
        Address = KubeconfigFile.AddressOf(settings.BindAddress, controlPlane.Server.BoundPort);
        Kubeconfig = settings.KubeconfigFile ?? DataDirectory.KubeconfigIn(_data.Root);
        KubeconfigFile.Write(Kubeconfig, KubeconfigFile.Format(Address, controlPlane.Server.AdminCredentials));
        KubeconfigFile.Write(DataDirectory.NodeTokenIn(_data.Root), $"{controlPlane.Server.NodeJoinToken}\n");
    }

    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Information, "MiniKube is ready in {Directory}, runtime {Runtime}")]
        public static partial void Started(ILogger logger, string directory, string runtime);

        [LoggerMessage(6050, LogLevel.Information, "Certificates were renewed; {Kubeconfig} has the administrator's new one")]
        public static partial void Renewed(ILogger logger, string kubeconfig);

        [LoggerMessage(6052, LogLevel.Warning,
            "Older files are not encrypted with the newest key yet: {Problem}; 'minikube secrets-encrypt reencrypt' tries again")]
        public static partial void NotReencrypted(ILogger logger, string problem);

        [LoggerMessage(6051, LogLevel.Warning, "The administrator's new certificate could not be written to {Kubeconfig}: {Problem}")]
        public static partial void KubeconfigNotWritten(ILogger logger, string kubeconfig, string problem);
    }
}

/// <summary>What every part gets from its host.</summary>
internal sealed record HostServices(TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>A source of chance of one's own for each component: it is not thread-safe.</summary>
    public Random NewRandom() => new();
}
