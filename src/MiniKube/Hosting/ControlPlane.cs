using System.Net.Sockets;
using MiniKube.Api;
using MiniKube.ApiServer;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Networking;
using MiniKube.Node;
using MiniKube.Scheduler;
using MiniKube.Store;

namespace MiniKube;

/// <summary>The store and what stands on it: API server, controllers, scheduler.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly ResourceStore _store;
    private readonly ServerSettings _settings;
    private readonly ClusterSettings _decided;
    private readonly HostServices _services;
    private volatile bool _isReady;

    private ControlPlane(
        ResourceStore store,
        SecretSeal seal,
        ServerSettings settings,
        ClusterSettings decided,
        string pki,
        HostServices services)
    {
        _store = store;
        Seal = seal;
        _settings = settings;
        _decided = decided;
        _services = services;
        Server = new ApiServerComponent(
            new ApiServerOptions
            {
                BindAddress = settings.BindAddress,
                HttpsPort = settings.HttpsPort,
                AdvertiseAddress = settings.AdvertiseAddress,
                PkiDirectory = pki,
                ExtraSans = settings.TlsSans,
                Token = settings.Token,
                ServiceCidr = decided.Services,
                NodePortRange = settings.NodePorts,
                ClusterDomain = decided.ClusterDomain,
                LostNodePatience = settings.LostNodes.Patience,
                Cluster = decided.ToFacts(settings),
                Audit = settings.Audit,
                Limits = settings.Limits,
            },
            store,
            Nodes,
            services.Time,
            services.Loggers);
        Server.Health.AddReadiness("startup", () => _isReady ? null : "components are starting");
    }

    public ApiServerComponent Server { get; }

    /// <summary>The keys of Secrets.</summary>
    public SecretSeal Seal { get; }

    /// <summary>Changes the keys of Secrets.</summary>
    public SecretEncryption Encryption(string root, Func<SnapshotFolder> snapshots)
        => new(root, _store, Seal, snapshots, _services.Time);

    /// <summary>Everything that is durable now, held still for a snapshot.</summary>
    public StoreCapture Capture() => _store.Capture();

    /// <summary>True from the moment everything was started.</summary>
    public bool IsReady => _isReady;

    /// <summary>What the store takes on the disk.</summary>
    public long StoreBytes => _store.DiskBytes;

    /// <summary>Nodes that can be asked for logs and exec.</summary>
    public NodeDirectory Nodes { get; } = new();

    /// <summary>How the node of this machine reaches the cluster: a call, without a wire.</summary>
    public NodeConnection ConnectNode() => new()
    {
        Cluster = _decided.ToFacts(_settings),
        Node = Server.CreateClient($"system:node:{_settings.NodeName}", "system:nodes"),
        PartNamed = name => Server.CreateClient(name),
        Nodes = Nodes,
        Address = new NodeAddress(_settings.NodeIp ?? Server.AdvertisedAddress),
        Serving = new ServingIdentity(first: null),
        Kubelet = new KubeletIdentity(
            () => Server.NodeServingCertificate(_settings.NodeName, _settings.NodeIp ?? Server.AdvertisedAddress),
            () => Server.CertificateAuthorities),
        IsControlPlane = true,
    };

    /// <summary>Reads the store; nothing listens yet.</summary>
    public static async Task<ControlPlane> OpenAsync(
        ServerSettings settings, ClusterSettings decided, DataDirectory data, HostServices services, CancellationToken cancellationToken)
    {
        try
        {
            var seal = SecretSeal.Open(data.Root, services.Time);
            var options = new StoreOptions { Directory = data.Store, Seal = seal };
            var store = await ResourceStore.OpenAsync(options, services.Time, services.Loggers, cancellationToken);
            return new ControlPlane(store, seal, settings, decided, data.Pki, services);
        }
        catch (StoreException damaged)
        {
            throw new CommandException(damaged.Message, cause: damaged);
        }
    }

    public async Task StartAsync(ComponentStack components, CancellationToken cancellationToken)
    {
        await StartServerAsync(components, cancellationToken);
        await EnsureDnsServiceAsync(cancellationToken);
        var options = new ControllerOptions
        {
            ClusterCidr = _decided.Pods,
            NodeMonitorGracePeriod = _settings.LostNodes.Grace,
            RootCertificates = Server.Authorities,
            LoadBalancer = !_settings.Disabled.Contains(OptionalPart.ServiceLoadBalancer),
            CertificateSigner = Server.CertificateSigner,
        };
        var controllers = ControllerCatalog.Create(
            name => Server.CreateClient(name),
            options,
            _services.Time,
            _services.NewRandom(),
            _services.Loggers,
            Server.CreateClient);
        var scheduler = new SchedulerComponent(
            Server.CreateClient("system:kube-scheduler"), new SchedulerOptions(), _services.Time, _services.NewRandom(), _services.Loggers);
        foreach (var component in controllers.Append(scheduler))
        {
            await components.StartAsync(component, cancellationToken);
        }
    }

    private async Task EnsureDnsServiceAsync(CancellationToken cancellationToken)
    {
        var address = _settings.Disabled.Contains(OptionalPart.Dns) ? null : _settings.ClusterDns;
        try
        {
            await DnsServiceObjects.EnsureAsync(Server.CreateClient("system:dns", "system:masters"), address, cancellationToken);
        }
        catch (ApiException taken) when (taken.Reason == StatusReason.Invalid)
        {
            throw new CommandException(
                $"the address of the cluster's DNS, {address}, cannot be had: {taken.Message}; "
                + "choose another one of the range of Services with --cluster-dns", cause: taken);
        }
    }

    private async Task StartServerAsync(ComponentStack components, CancellationToken cancellationToken)
    {
        try
        {
            await components.StartAsync(Server, cancellationToken);
        }
        catch (AuditPolicyException refused)
        {
            throw new CommandException(refused.Message, cause: refused);
        }
        catch (Exception refused) when (refused.GetBaseException() is SocketException)
        {
            var why = ((SocketException)refused.GetBaseException()).SocketErrorCode;
            throw new CommandException(
                $"cannot listen on {_settings.BindAddress}:{_settings.HttpsPort}: {Describe(why)}", cause: refused);
        }
    }

    private static string Describe(SocketError why) => why switch
    {
        SocketError.AddressAlreadyInUse => "the port is taken; choose another with --https-port, or end the process that holds it",
        SocketError.AccessDenied => "no permission for this port; choose one above 1023 with --https-port, or run as root",
        SocketError.AddressNotAvailable => "this machine has no such address; choose another with --bind-address",
        _ => $"{why}; choose another with --bind-address and --https-port",
    };

    /// <summary>From here on <c>/readyz</c> depends on the components themselves.</summary>
    public void DeclareReady(IEnumerable<ClusterComponent> components)
    {
        foreach (var component in components)
        {
            Server.Health.AddReadiness(component.Name, () => component.IsReady ? null : "it has ended");
        }

        _isReady = true;
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
