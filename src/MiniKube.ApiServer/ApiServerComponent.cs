using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The API server: HTTPS for everyone, and a client without sockets for the parts in this process. The local client
/// works as soon as this is constructed; HTTPS from the start of the component to its stop. Watches end when it stops.
/// </summary>
public sealed partial class ApiServerComponent : ClusterComponent
{
    private readonly ApiServerOptions _options;
    private readonly NodeDirectory _nodes;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ObjectLookup _objects;
    private readonly Authorizer _authorizer;
    private IdentityParts? _identities;
    private readonly ApiPipeline _pipeline;
    private readonly CustomKinds _customKinds;
    private readonly TunnelRegistry _tunnels = new();
    private readonly ShownCertificates _shown = new();
    private ClusterPki? _pki;
    private NodeEndpoints? _endpoints;
    private UsageMeter? _usage;
    private int _port;
    private bool _hasBootstrapped;

    /// <summary>Wires the parts; nothing listens and no file is touched yet.</summary>
    public ApiServerComponent(
        ApiServerOptions options, IResourceStore store, NodeDirectory nodes, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _nodes = nodes;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<ApiServerComponent>();
        Health.AddReadiness(
            "bootstrap-objects", () => Volatile.Read(ref _hasBootstrapped) ? null : "the first objects are being made");
        var resources = new ResourceIndex(ResourceCatalog.BuiltIn);
        _objects = new ObjectLookup(store, resources);
        var policies = new RbacPolicySource(store, resources);
        _authorizer = new Authorizer(AuthorizerCatalog.Create(_objects, policies), resources);
        var escalation = new RbacEscalation(policies, _authorizer, resources);
        var services = new ServiceEndpoints(_objects, new Random());
        var admission = new AdmissionChain(
            AdmissionCatalog.Create(options, store, escalation, _authorizer, () => Identities, time, new Random()),
            new DynamicAdmission(store, resources, services, loggers.CreateLogger<DynamicAdmission>()),
            _authorizer);
        _pipeline = new ApiPipeline(
            resources, store, _authorizer, admission, () => Identities.Authenticator, () => Identities.TokenRequests,
            () => Volatile.Read(ref _usage) ?? throw NotStarted(), time);
        _customKinds = new CustomKinds(
            resources,
            _objects,
            new ConverterFactory(services).Of,
            loggers.CreateLogger<CustomKinds>());
    }

    /// <summary>The Kubernetes API level this server implements, as <c>/version</c> and nodes report it.</summary>
    public static string Version => ServerPaths.GitVersion;

    /// <inheritdoc />
    public override string Name => "apiserver";

    /// <summary>The port HTTPS is served on. 0 until started.</summary>
    public int BoundPort => Volatile.Read(ref _port);

    /// <summary>The address other machines and pods reach this server at.</summary>
    public IPAddress AdvertisedAddress
        => _options.AdvertiseAddress ?? ServerNames.DefaultAdvertised(_options.BindAddress);

    /// <summary>Checks behind the health endpoints; more may be added at any time.</summary>
    public HealthChecks Health { get; } = new();

    /// <summary>What an administrator's kubeconfig holds.</summary>
    /// <exception cref="InvalidOperationException">The component has not been started.</exception>
    public AdminCredentials AdminCredentials => Pki.Admin;

    /// <summary>
    /// Called when <see cref="AdminCredentials"/> and <see cref="NodeJoinToken"/> changed, by the thread that renewed them.
    /// </summary>
    public event Action CredentialsChanged = static () => { };

    /// <summary>The authorities of the cluster; empty until started.</summary>
    public TrustedAuthorities Authorities { get; } = new("");

    /// <summary>What machines join with, ready to paste: a secret.</summary>
    /// <exception cref="InvalidOperationException">The component has not been started.</exception>
    public string NodeJoinToken => Pki.JoinTokenOf("node", Pki.NodeToken);

    /// <summary>Signs certificates for the controllers. Works once the component is started.</summary>
    public ICertificateSigner CertificateSigner => new CertificateSigner(() => Pki);

    /// <summary>
    /// Makes new certificates for server and administrator now, and a new authority if asked for. Those before stay good until their end.
    /// </summary>
    /// <exception cref="IOException">They could not be kept.</exception>
    public void RotateCertificates(bool authority) => Pki.Rotate(authority);

    private ClusterPki Pki => Volatile.Read(ref _pki)
        ?? throw NotStarted();

    /// <summary>The way to a node that is used for requests about its pods.</summary>
    /// <exception cref="MiniKube.Api.ApiException">NotFound: there is no such node.</exception>
    public INodeEndpoint EndpointOf(string nodeName) => (Volatile.Read(ref _endpoints) ?? throw NotStarted()).Get(nodeName);

    /// <summary>The nodes that have an open tunnel to this server, by name.</summary>
    public IReadOnlyList<string> NodesWithTunnel => [.. _tunnels.All.Select(static tunnel => tunnel.NodeName)];

    /// <summary>Until when the certificate is good that each joined node connected with last, by the node's name.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> NodeCertificateEnds => _shown.Ends;

    /// <summary>
    /// What the node of this process shows to those who ask it over the wire, with its key. The same until it is due to be renewed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The component has not been started.</exception>
    public X509Certificate2 NodeServingCertificate(string nodeName, IPAddress address)
        => Pki.NodeServing(nodeName, address);

    /// <summary>Whose certificates are those of this cluster.</summary>
    /// <exception cref="InvalidOperationException">The component has not been started.</exception>
    public X509Certificate2Collection CertificateAuthorities => [.. Pki.Material.Authorities];

    /// <summary>
    /// A client of this process, with an identity of its own; all clients may be used at the same time. <c>system:</c> users are parts
    /// of the cluster and may do everything, but for nodes, which pass the same gate as those that joined.
    /// </summary>
    public IApiClient CreateClient(string userName, params string[] groups)
    {
        var user = new UserInfo(userName, [.. groups, UserInfo.Authenticated]);
        return new LocalApiClient(_pipeline, user with { IsComponent = IsOurs(userName) && user.NodeName is null });
    }

    private static bool IsOurs(string userName) => userName.StartsWith("system:", StringComparison.Ordinal);

    /// <summary>
    /// As the other overload; to this client, <see cref="MiniKube.Api.CustomObject"/> stands for objects of the resource.
    /// </summary>
    public IApiClient CreateClient(MiniKube.Api.Gvr resource, string userName)
        => new LocalApiClient(
            _pipeline, new UserInfo(userName, [UserInfo.Authenticated]) { IsComponent = IsOurs(userName) }, resource);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        var pki = ClusterPki.Open(_options.PkiDirectory, HostNames(), _options.Token, _time);
        Volatile.Write(ref _pki, pki);
        pki.Renewed += Announce;
        Announce();
        using var meters = new ProcessMeters();
        var dialer = new NodeDialer(_pipeline, _tunnels, _time);
        using var nodes = new NodeEndpoints(_nodes, dialer, pki, _time);
        Volatile.Write(ref _endpoints, nodes);
        Volatile.Write(ref _usage, new UsageMeter(_objects, nodes.Get, _time));
        using var proxied = new ProxyConnections(dialer, nodes.Http);
        var proxies = new ProxyEndpoint(_pipeline, new ProxyTargets(_pipeline, dialer, new Random()), proxied, stopping);
        await using var audit = OpenAudit();
        var dispatcher = Dispatcher(pki, nodes, proxies, meters, audit, stopping);
        var address = new IPEndPoint(_options.BindAddress, _options.HttpsPort);
        await using var frontend = new HttpFrontend(address, pki, dispatcher.HandleAsync, _loggers);
        _customKinds.Publish();
        await StartAsync(frontend, stopping);
        await EnsureReachableAsync(stopping);
        await new RbacBootstrap(_pipeline, _objects).EnsureAsync(stopping);
        await using var custom = new CustomResourceServer(
            _pipeline,
            new LocalApiClient(_pipeline, UserInfo.ApiServer with { IsComponent = true }),
            _customKinds,
            _time,
            _loggers,
            stopping);
        await custom.StartAsync(stopping);
        await using var policies = new PolicyStatusServer(
            _pipeline, new LocalApiClient(_pipeline, UserInfo.ApiServer with { IsComponent = true }), _time, _loggers);
        await policies.StartAsync(stopping);
        Volatile.Write(ref _hasBootstrapped, true);
        Log.Listening(_logger, _options.BindAddress, BoundPort);
        SignalReady();
        try
        {
            await new PkiRenewal(pki, HostNames, EnsureReachableAsync, _time, _loggers.CreateLogger<PkiRenewal>()).RunAsync(stopping);
        }
        finally
        {
            await frontend.StopAsync(CancellationToken.None);
            Volatile.Write(ref _port, 0);
        }
    }

    private static InvalidOperationException NotStarted()
        => new("the API server has neither certificates nor ways to nodes before it is started");

    private IReadOnlyList<string> HostNames() => ServerNames.Of(_options, AdvertisedAddress);

    // The kubernetes Service leads to this server, by whatever address it has now.
    private Task EnsureReachableAsync(CancellationToken cancellationToken)
        => new BootstrapObjects(_pipeline, _options, new IPEndPoint(AdvertisedAddress, BoundPort)).EnsureAsync(cancellationToken);

    private void Announce()
    {
        Authorities.Set(Pki.Material.BundlePem);
        CredentialsChanged();
    }

    private async Task StartAsync(HttpFrontend frontend, CancellationToken stopping)
    {
        try
        {
            await frontend.StartAsync(stopping);
        }
        catch (IOException failure)
        {
            throw new IOException(
                $"cannot listen on {_options.BindAddress}:{_options.HttpsPort}: {failure.Message} "
                + "Choose another port, or end the process that holds it", failure);
        }

        Volatile.Write(ref _port, frontend.Port);
    }

    private string Issuer => $"https://kubernetes.default.svc.{_options.ClusterDomain}";

    private IdentityParts Identities
        => Volatile.Read(ref _identities) ?? throw new InvalidOperationException("the API server has not been started");

    private AuditLog? OpenAudit() => _options.Audit is { } audit
        ? new AuditLog(AuditPolicy.Read(audit.PolicyFile), new AuditFile(audit, _time), _time, _loggers.CreateLogger<AuditLog>())
        : null;

    private RequestDispatcher Dispatcher(
        ClusterPki pki,
        NodeEndpoints nodes,
        ProxyEndpoint proxies,
        ProcessMeters meters,
        AuditLog? audit,
        CancellationToken stopping)
    {
        var tables = new TablePrinter(_time);
        var metrics = new RequestMetrics();
        var reads = new ReadEndpoint(_pipeline, tables);
        var watches = new WatchEndpoint(_pipeline, tables, _time, stopping);
        var call = new NodeCall(_pipeline, nodes);
        var endpoint = new ResourceEndpoint(
            reads,
            watches,
            new WriteEndpoint(_pipeline, reads),
            new SubresourceEndpoint(_pipeline),
            new LogEndpoint(call, _time, stopping),
            new ExecEndpoint(call, _time, stopping),
            new PortForwardEndpoint(call, _time, stopping),
            proxies,
            new ConnectAdmission(_pipeline));
        var paths = new ServerPaths(
            Health,
            new DiscoveryDocuments(_pipeline.Resources),
            new OpenApiDocuments(_pipeline.Resources, ServerPaths.GitVersion),
            metrics,
            meters,
            _pipeline.Store,
            watches,
            new IssuerDocuments(pki.AccountKeys, Issuer, () => new Uri($"https://{AdvertisedAddress}:{BoundPort}")),
            () => pki.Material.BundlePem);
        var tokens = new JoinTokens(_objects.Find<V1Secret>, pki.Token, pki.NodeToken, _time);
        var joins = new JoinEndpoint(
            tokens,
            new NodePasswords(_pipeline, _objects),
            new NodeCertificates(_pipeline, _time),
            () => pki.Material.BundlePem,
            _options.Cluster);
        var identities = IdentityParts.Make(pki, tokens, _objects, Issuer, _time);
        Volatile.Write(ref _identities, identities);
        return new RequestDispatcher(
            identities.Authenticator,
            _shown,
            _authorizer,
            new Impersonation(_authorizer),
            _pipeline.Resources,
            endpoint,
            paths,
            joins,
            new TunnelEndpoint(_tunnels, _time, _loggers.CreateLogger<TunnelEndpoint>(), stopping),
            metrics,
            audit,
            new RequestLimiter(_options.Limits, _time),
            _time,
            _loggers.CreateLogger<RequestDispatcher>());
    }

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "API server listens on {Address}:{Port}")]
        public static partial void Listening(ILogger logger, IPAddress address, int port);
    }
}
