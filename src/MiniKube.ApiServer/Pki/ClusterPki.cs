using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.ApiServer;

/// <summary>
/// The cluster's certificates and tokens: made on the first start, kept in a directory, renewed when two thirds of their life are over.
/// Thread-safe.
/// </summary>
internal sealed class ClusterPki : IDisposable
{
    private const string AuthorityName = "ca";
    private const string PreviousFile = "ca-previous.crt";
    private const string BridgeFile = "ca-bridge.crt";
    private const string ServerName = "server";
    private const string AdminName = "admin";
    private const string KubeletClientName = "kubelet-client";
    private const string TokenFile = "admin.token";
    private const string NodeTokenFile = "node.token";
    private const int TokenBytes = 32;

    private readonly Lock _renewing = new();
    private readonly PkiFiles _files;
    private readonly TimeProvider _time;
    private IReadOnlyList<string> _hosts;
    private volatile PkiMaterial _material;
    private readonly Lock _nodeServingGate = new();
    private X509Certificate2? _nodeServing;

    private ClusterPki(PkiFiles files, IReadOnlyList<string> hosts, string? token, TimeProvider time)
    {
        _files = files;
        _time = time;
        _hosts = hosts;
        Issuer = new CertificateIssuer(time);
        files.Prepare();
        Token = token ?? ReadOrMakeToken(TokenFile);
        NodeToken = ReadOrMakeToken(NodeTokenFile);
        AccountKeys = ServiceAccountKeys.Open(files);
        _material = Load(renewAll: false);
    }

    /// <summary>Called after anything was renewed, by the thread that did it.</summary>
    public event Action Renewed = static () => { };

    /// <summary>The administrator's bearer token.</summary>
    public string Token { get; }

    /// <summary>The secret that only lets machines join.</summary>
    public string NodeToken { get; }

    /// <summary>What tokens of service accounts are signed with.</summary>
    public ServiceAccountKeys AccountKeys { get; }

    /// <summary>Makes certificates.</summary>
    public CertificateIssuer Issuer { get; }

    /// <summary>All that is valid now.</summary>
    public PkiMaterial Material => _material;

    /// <summary>The authority that signs.</summary>
    public X509Certificate2 Authority => _material.Authorities[0];

    /// <summary>What to show to clients now.</summary>
    public X509Certificate2 Server => _material.Server;

    /// <summary>The names and addresses clients know this server by.</summary>
    public IReadOnlyList<string> ServerNames => Volatile.Read(ref _hosts);

    public AdminCredentials Admin
    {
        get
        {
            var now = _material;
            return new AdminCredentials(
                now.BundlePem, PkiFiles.CertificatePem(now.Admin), PkiFiles.PrivateKeyPem(now.Admin), Token);
        }
    }

    /// <summary>A token with the hash of the authority in it, by which a machine knows the cluster before it trusts it.</summary>
    public string JoinTokenOf(string user, string secret)
        => $"K10{Convert.ToHexStringLower(SHA256.HashData(Authority.RawData))}::{user}:{secret}";

    /// <summary>Reads what is there and makes what is missing, due, or no longer good for the host's names.</summary>
    /// <exception cref="PkiException">Files are damaged.</exception>
    public static ClusterPki Open(string directory, IReadOnlyList<string> hosts, string? token, TimeProvider time)
        => Open(new PkiFiles(directory), hosts, token, time);

    internal static ClusterPki Open(PkiFiles files, IReadOnlyList<string> hosts, string? token, TimeProvider time)
        => new(files, hosts, token, time);

    /// <summary>
    /// Makes new certificates where due; connections that are open keep the old ones. Costs a comparison when nothing is due, so it can be
    /// asked at every handshake: a clock that was moved past an end is noticed there.
    /// </summary>
    /// <exception cref="IOException">They could not be kept; the old ones stay in use.</exception>
    public void RenewIfDue()
    {
        if (!IsDue)
        {
            return;
        }

        lock (_renewing)
        {
            // Handshakes that came together all saw it; the first has done it.
            if (IsDue)
            {
                Replace(renewAll: false);
            }
        }
    }

    /// <summary>The host has other names: the server's certificate follows.</summary>
    public void Follow(IReadOnlyList<string> hosts)
    {
        if (!hosts.SequenceEqual(ServerNames))
        {
            Volatile.Write(ref _hosts, hosts);
            Replace(renewAll: false);
        }
    }

    /// <summary>New certificates for server and administrator, and a new authority if asked for.</summary>
    public void Rotate(bool authority)
    {
        lock (_renewing)
        {
            if (authority)
            {
                ReplaceAuthority(Authority);
            }

            Replace(renewAll: true);
        }
    }

    public void Dispose()
    {
        var now = _material;
        foreach (var certificate in (X509Certificate2[])[.. now.Authorities, .. now.Bridges, now.Server, now.Admin, now.KubeletClient])
        {
            certificate.Dispose();
        }
    }

    /// <summary>
    /// A serving certificate for the node of this process: kept in memory only, and made again when due, when the authority is
    /// another, and when the node has another address. Thread-safe.
    /// </summary>
    public X509Certificate2 NodeServing(string nodeName, IPAddress address)
    {
        string[] hosts = [nodeName, address.ToString(), IPAddress.Loopback.ToString()];
        lock (_nodeServingGate)
        {
            var authority = Authority;
            return _nodeServing = _nodeServing is { } kept && !Issuer.IsDue(kept)
                && CertificateIssuer.IsSignedBy(kept, authority) && IsGoodFor(kept, hosts)
                ? kept
                : Issuer.MakeServer(authority, $"system:node:{nodeName}", hosts);
        }
    }

    private bool IsDue => _time.GetUtcNow() >= _material.Due;

    // With the lock held to the end: who is told last is told of what is valid.
    private void Replace(bool renewAll)
    {
        lock (_renewing)
        {
            // The old ones are left to the collector: a handshake may be using them.
            _material = Load(renewAll);
            Renewed();
        }
    }

    private PkiMaterial Load(bool renewAll)
    {
        var authority = _files.ReadPair(AuthorityName);
        if (authority is null)
        {
            authority = Keep(AuthorityName, Issuer.MakeAuthority(AuthorityCommonName()));
        }
        else if (Issuer.IsDue(authority))
        {
            authority = ReplaceAuthority(authority);
        }

        ImmutableArray<X509Certificate2> authorities = [authority, .. TrustedStill(authority)];
        var server = ReadOrMake(ServerName, authority, renewAll, one => IsGoodFor(one, ServerNames),
            () => Issuer.MakeServer(authority, "minikube", ServerNames));
        var admin = ReadOrMake(AdminName, authority, renewAll, static _ => true,
            () => Issuer.MakeClient(authority, "system:admin", UserInfo.Masters));
        ImmutableArray<X509Certificate2> bridges = authorities.Length > 1 ? [.. _files.ReadBundle(BridgeFile)] : [];
        var kubelet = ReadOrMake(KubeletClientName, authority, renewAll, static _ => true,
            () => Issuer.MakeClient(authority, "system:kube-apiserver", "system:kube-apiserver"));
        var due = new[] { authority, server, admin, kubelet }.Min(CertificateIssuer.DueTime);
        return new PkiMaterial(authorities, bridges, server, admin, kubelet, due);
    }

    // The old authority stays trusted, and signs the new one so that those who know only the old one trust it too.
    private X509Certificate2 ReplaceAuthority(X509Certificate2 old)
    {
        var made = Issuer.MakeAuthority(AuthorityCommonName());
        using var bridge = Issuer.MakeBridge(old, made);
        WriteBundle(PreviousFile, [old, .. TrustedStill(old)]);
        WriteBundle(BridgeFile, [bridge, .. _files.ReadBundle(BridgeFile)]);
        return Keep(AuthorityName, made);
    }

    private void WriteBundle(string file, IEnumerable<X509Certificate2> certificates)
        => _files.WriteText(file, string.Concat(certificates.ToList().Select(PkiFiles.CertificatePem)));

    // Each until everything it signed has ended: a leaf's life after its successor was made.
    private IEnumerable<X509Certificate2> TrustedStill(X509Certificate2 successor)
    {
        foreach (var previous in _files.ReadBundle(PreviousFile).Where(one => one.Thumbprint != successor.Thumbprint))
        {
            if (Issuer.HasGraceOver(previous, successor))
            {
                yield break;
            }

            yield return previous;
            successor = previous;
        }
    }

    private X509Certificate2 ReadOrMake(
        string name, X509Certificate2 authority, bool renew, Predicate<X509Certificate2> isGood, Func<X509Certificate2> make)
    {
        var kept = renew ? null : _files.ReadPair(name);
        // A clock that is behind the authority itself would have everything made again and again, to no use.
        var isTimely = kept is not null && !Issuer.IsDue(kept) && (!Issuer.IsEarly(kept) || Issuer.IsEarly(authority));
        return isTimely && CertificateIssuer.IsSignedBy(kept!, authority) && isGood(kept!)
            ? kept!
            : Keep(name, make());
    }

    // Several clusters on one machine have authorities of different names, so their certificates are not confused.
    private static string AuthorityCommonName()
        => string.Create(
            CultureInfo.InvariantCulture, $"minikube-ca-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    private string ReadOrMakeToken(string file)
    {
        if (_files.ReadText(file)?.Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        var token = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);
        _files.WriteText(file, $"{token}\n");
        return token;
    }

    private static bool IsGoodFor(X509Certificate2 certificate, IReadOnlyList<string> hosts)
        => CertificateIssuer.HostsOf(certificate).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(hosts);

    private X509Certificate2 Keep(string name, X509Certificate2 certificate)
    {
        _files.WritePair(name, certificate);
        return certificate;
    }
}
