using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>
/// That this machine belongs to a cluster: who it is, whom it trusts, which servers there are. Made by the first join, kept in
/// the data directory, renewed while it lasts.
/// </summary>
internal sealed partial class Membership
{
    private readonly AgentSettings _settings;
    private readonly string _root;
    private readonly AgentPki _pki;
    private readonly TimeProvider _time;
    private readonly Joiner _joiner;
    private readonly ILogger<Membership> _logger;

    private Membership(AgentSettings settings, DataDirectory data, AgentState state, NodeAddress address, HostServices services)
    {
        _settings = settings;
        _root = data.Root;
        _time = services.Time;
        _pki = AgentPki.Open(data.Pki);
        _joiner = new Joiner(_pki, services.Time, services.Loggers.CreateLogger<Joiner>());
        _logger = services.Loggers.CreateLogger<Membership>();
        State = state;
        Address = address;
        Servers = new ServerAddresses(state.Servers);
        Identity = new ClientIdentity(_pki.Authorities, _pki.Client);
        Serving = new ServingIdentity(_pki.Serving);
    }

    /// <summary>What is kept in the data directory.</summary>
    public AgentState State { get; private set; }

    /// <summary>What the cluster told at the last join.</summary>
    public ClusterFacts Cluster => State.Cluster ?? throw new InvalidOperationException("this machine has not joined yet");

    public ServerAddresses Servers { get; }

    public ClientIdentity Identity { get; }

    public ServingIdentity Serving { get; }

    public NodeAddress Address { get; }

    /// <summary>True when servers do not accept this machine's certificate any more, or there is none.</summary>
    public bool IsOver => Identity.Certificate is not { } shown || CertificateLife.IsOver(shown, _time.GetUtcNow());

    /// <summary>Reads what is kept, and joins when nothing is or when it ran out.</summary>
    /// <exception cref="CommandException">Something is missing, damaged or refused; the message says what to do.</exception>
    public static async Task<Membership> EstablishAsync(
        AgentSettings settings, DataDirectory data, HostServices services, CancellationToken cancellationToken)
    {
        var kept = AgentState.Find(data.Root);
        if (kept is not null && kept.NodeName != settings.NodeName)
        {
            throw new CommandException(
                $"{data.Root} belongs to node {kept.NodeName}; drop --node-name, or choose another directory with --data-dir");
        }

        IReadOnlyList<Uri> servers = [.. settings.Servers.Concat(kept?.Servers ?? []).Distinct()];
        if (servers.Count == 0)
        {
            throw CommandException.Usage(
                "which cluster? give a server with --server https://HOST:6443, and a token with --token");
        }

        RefuseWithoutToken(settings, data, kept);
        var address = await AddressAsync(settings, servers, kept, services.Time, cancellationToken);
        var state = kept is null
            ? new AgentState { NodeName = settings.NodeName, Servers = servers, NodeIp = address.ToString() }
            : kept with { Servers = servers, NodeIp = address.ToString() };
        var membership = new Membership(settings, data, state, new NodeAddress(address), services);
        await membership.RefreshAsync(isFirst: kept is null, cancellationToken);
        return membership;
    }

    /// <summary>Joins again under the same name: with the token of the last join, or the one given at this start.</summary>
    /// <exception cref="JoinRefusedException">A server answered, and said no.</exception>
    /// <exception cref="CommandException">No server can be used, or there is no token.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        var (server, cluster) = await JoinWithAnyAsync(Tokens(), cancellationToken);
        Log.Joined(_logger, server.GetLeftPart(UriPartial.Authority), State.NodeName);
        Identity.Exchange(_pki.Authorities, _pki.Client);
        Serving.Exchange(_pki.Serving!);
        Keep(State with { Cluster = cluster });
        TakeServers([server, .. Servers.Current.Where(other => other != server)]);
    }

    /// <summary>Keeps and uses a new certificate to show to servers.</summary>
    public void TakeClient(string certificatePem, ECDsa key)
    {
        _pki.KeepClient(certificatePem, key);
        Identity.Exchange(_pki.Authorities, _pki.Client);
    }

    /// <summary>Keeps and uses a new certificate to show to those who ask this machine.</summary>
    public void TakeServing(string certificatePem, ECDsa key)
    {
        _pki.KeepServing(certificatePem, key);
        Serving.Exchange(_pki.Serving!);
    }

    /// <summary>Keeps and uses the authorities a trusted server named; false when they are those it had.</summary>
    public bool TakeAuthorities(X509Certificate2Collection authorities)
    {
        if (Thumbprints(authorities).SetEquals(Thumbprints(Identity.Authorities)))
        {
            return false;
        }

        _pki.KeepAuthorities(authorities.ExportCertificatePems());
        if (_pki.Token is { } kept && JoinToken.Parse(kept) is { AuthorityHash: not null } token)
        {
            // Or it would be refused, if it is needed when the authority of its time has been forgotten.
            _pki.KeepToken(token.ForAuthority(authorities[0].GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()));
        }

        Identity.Exchange(authorities, Identity.Certificate);
        return true;
    }

    /// <summary>Keeps and uses the servers of the cluster.</summary>
    public void TakeServers(IReadOnlyList<Uri> servers)
    {
        Servers.Replace(servers);
        Keep(State with { Servers = servers });
    }

    /// <summary>Remembers the runtime, for <c>stop</c> and the next start.</summary>
    public void TakeRuntime(string name, string? dockerEndpoint)
        => Keep(State with { Runtime = name, DockerEndpoint = dockerEndpoint });

    /// <summary>Keeps and uses another address of this machine; false when it is the same.</summary>
    public bool TakeAddress(IPAddress address)
    {
        if (!Address.Replace(address))
        {
            return false;
        }

        Keep(State with { NodeIp = address.ToString() });
        return true;
    }

    /// <summary>The address servers see; the one that was said wins. Null while there is no way to a server.</summary>
    public Task<IPAddress?> FindAddressAsync(CancellationToken cancellationToken)
        => FindAddressAsync(_settings, Servers.Current, cancellationToken);

    private async Task RefreshAsync(bool isFirst, CancellationToken cancellationToken)
    {
        if (!isFirst && _settings.Token is { } given && !IsKept(given))
        {
            _pki.KeepToken(given);
        }

        if (!IsOver)
        {
            Keep(State);
            return;
        }

        try
        {
            await JoinAsync(cancellationToken);
        }
        catch (CommandException unreachable) when (!isFirst && unreachable is not JoinRefusedException { MayPass: false })
        {
            // It was a member, and its pods run: it goes on without servers, and joins again when one answers.
            if (unreachable is not ClockException)
            {
                Log.CannotRejoinYet(_logger, State.NodeName, unreachable.Message); // The other is told by the transport.
            }
        }
    }

    private async Task<(Uri Server, ClusterFacts Cluster)> JoinWithAnyAsync(
        IReadOnlyList<string> tokens, CancellationToken cancellationToken)
    {
        foreach (var token in tokens.SkipLast(1))
        {
            try
            {
                return await _joiner.JoinAsync(Servers.Current, token, State.NodeName, Address.Current, cancellationToken);
            }
            catch (CommandException failed) when (failed is not JoinRefusedException)
            {
                Log.OtherToken(_logger, State.NodeName, failed.Message);
            }
        }

        return await _joiner.JoinAsync(Servers.Current, tokens[^1], State.NodeName, Address.Current, cancellationToken);
    }

    /// <summary>The token of this start, and the kept one when they differ in the authority they name only.</summary>
    private IReadOnlyList<string> Tokens() => (_settings.Token, _pki.Token) switch
    {
        ({ } given, { } kept) when given != kept && IsKept(given) => [given, kept],
        ({ } given, _) => [given],
        (null, { } kept) => [kept],
        _ => throw NoToken(),
    };

    // A start script goes on naming the token of the first day, while the kept one follows the authority.
    private bool IsKept(string token)
        => _pki.Token is { } kept && JoinToken.Parse(kept).Credentials == JoinToken.Parse(token).Credentials;

    private void Keep(AgentState state)
    {
        State = state;
        state.Save(_root);
    }

    private static HashSet<string> Thumbprints(X509Certificate2Collection certificates)
        => [.. certificates.Select(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256))];

    private static async Task<IPAddress> AddressAsync(
        AgentSettings settings, IReadOnlyList<Uri> servers, AgentState? kept, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await FindAddressAsync(settings, servers, cancellationToken) is { } address)
        {
            return address;
        }

        if (kept?.NodeIp is { } last)
        {
            // A member goes on without a network; the address is looked for again when there is one.
            return IPAddress.Parse(last);
        }

        // Says what is wrong with the way there: no route, or a name nobody knows.
        await new JoinClient(servers[0], time).FetchAuthoritiesAsync(cancellationToken);
        throw new CommandException("this machine has no address that leads to a server; name one with --node-ip");
    }

    // Before anything is asked of the network: what was typed wrong is told first.
    private static void RefuseWithoutToken(AgentSettings settings, DataDirectory data, AgentState? kept)
    {
        if (settings.Token is { } token)
        {
            JoinToken.Parse(token);
        }
        else if (kept is null && AgentPki.Open(data.Pki).Token is null)
        {
            throw NoToken();
        }
    }

    private static CommandException NoToken() => CommandException.Usage(
        "joining needs a token; give it with --token or --token-file ('minikube token create' on the server makes one)");

    private static async Task<IPAddress?> FindAddressAsync(
        AgentSettings settings, IReadOnlyList<Uri> servers, CancellationToken cancellationToken)
    {
        if (settings.NodeIp is not null)
        {
            return settings.NodeIp;
        }

        foreach (var server in servers)
        {
            if (await SourceAddress.AsNodeAsync(server.IdnHost, server.Port, cancellationToken) is { } address)
            {
                return address;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(6110, LogLevel.Information, "Joined {Server} as node {Node}")]
        public static partial void Joined(ILogger logger, string server, string node);

        [LoggerMessage(6114, LogLevel.Debug, "Node {Node} cannot join with the token of this start, trying the kept one: {Problem}")]
        public static partial void OtherToken(ILogger logger, string node, string problem);

        [LoggerMessage(6112, LogLevel.Warning,
            "The certificate of node {Node} has run out and it cannot join again yet ({Problem}); its pods go on, trying again")]
        public static partial void CannotRejoinYet(ILogger logger, string node, string problem);
    }
}
