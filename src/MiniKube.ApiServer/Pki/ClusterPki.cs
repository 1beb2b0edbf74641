using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.ApiServer;

/// <summary>
/// The cluster's certificates and the admin token: made on the first start, kept in a directory, renewed when due. Not
/// thread-safe but for the properties.
/// </summary>
internal sealed class ClusterPki : IDisposable
{
    private const string AuthorityName = "ca";
    private const string ServerName = "server";
    private const string AdminName = "admin";
    private const string KubeletClientName = "kubelet-client";
    private const string TokenFile = "admin.token";
    private const string NodeTokenFile = "node.token";
    private const int TokenBytes = 32;

    private readonly PkiFiles _files;
    private readonly CertificateIssuer _issuer;
    private readonly IReadOnlyList<string> _hosts;
    private volatile X509Certificate2 _server;
    private X509Certificate2 _admin;
    private volatile X509Certificate2 _kubeletClient;
    private readonly Lock _nodeServingGate = new();
    private X509Certificate2? _nodeServing;

    private ClusterPki(PkiFiles files, CertificateIssuer issuer, IReadOnlyList<string> hosts, string? token)
    {
        _files = files;
        _issuer = issuer;
        _hosts = hosts;
        files.Prepare();
        Authority = files.ReadPair(AuthorityName) ?? Keep(AuthorityName, issuer.MakeAuthority(AuthorityCommonName()));
        Token = token ?? ReadOrMakeToken(TokenFile);
        NodeToken = ReadOrMakeToken(NodeTokenFile);
        _server = ReadOrMakeServer();
        _admin = ReadOrMakeAdmin();
        _kubeletClient = ReadOrMakeKubeletClient();
    }

    public X509Certificate2 Authority { get; }

    /// <summary>The administrator's bearer token.</summary>
    public string Token { get; }

    /// <summary>The secret that only lets machines join.</summary>
    public string NodeToken { get; }

    /// <summary>The names and addresses clients know this server by.</summary>
    public IReadOnlyList<string> ServerNames => _hosts;

    /// <summary>Makes certificates.</summary>
    public CertificateIssuer Issuer => _issuer;

    /// <summary>What to show to clients now; changes when renewed.</summary>
    public X509Certificate2 Server => _server;

    /// <summary>What the API server shows to nodes; changes when renewed.</summary>
    public X509Certificate2 KubeletClient => _kubeletClient;

    public AdminCredentials Admin => new(
        PkiFiles.CertificatePem(Authority), PkiFiles.CertificatePem(_admin), PkiFiles.PrivateKeyPem(_admin), Token);

    /// <summary>A token with the hash of the authority in it, by which a machine knows the cluster before it trusts it.</summary>
    public string JoinTokenOf(string user, string secret)
        => $"K10{Convert.ToHexStringLower(SHA256.HashData(Authority.RawData))}::{user}:{secret}";

    /// <summary>Reads what is there and makes what is missing, due, or no longer good for the host's names.</summary>
    /// <exception cref="PkiException">Files are damaged.</exception>
    public static ClusterPki Open(string directory, IReadOnlyList<string> hosts, string? token, TimeProvider time)
        => new(new PkiFiles(directory), new CertificateIssuer(time), hosts, token);

    /// <summary>Makes new leaves where due; connections that are open keep the old ones.</summary>
    public void RenewIfDue()
    {
        _server = ReadOrMakeServer();
        _admin = ReadOrMakeAdmin();
        _kubeletClient = ReadOrMakeKubeletClient();
    }

    public void Dispose()
    {
        Authority.Dispose();
        _server.Dispose();
        _admin.Dispose();
        _kubeletClient.Dispose();
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

    private X509Certificate2 ReadOrMakeServer()
    {
        var kept = _files.ReadPair(ServerName);
        return kept is not null && IsUsable(kept) && IsGoodFor(kept, _hosts)
            ? kept
            : Keep(ServerName, _issuer.MakeServer(Authority, "minikube", _hosts));
    }

    private X509Certificate2 ReadOrMakeAdmin()
    {
        var kept = _files.ReadPair(AdminName);
        return kept is not null && IsUsable(kept)
            ? kept
            : Keep(AdminName, _issuer.MakeClient(Authority, "system:admin", UserInfo.Masters));
    }

    /// <summary>
    /// A serving certificate for the node of this process: kept in memory only, and made again when due. Thread-safe.
    /// </summary>
    public X509Certificate2 NodeServing(string nodeName, IPAddress address)
    {
        lock (_nodeServingGate)
        {
            return _nodeServing = _nodeServing is { } kept && !_issuer.IsDue(kept)
                ? kept
                : _issuer.MakeServer(
                    Authority, $"system:node:{nodeName}", [nodeName, address.ToString(), IPAddress.Loopback.ToString()]);
        }
    }

    private X509Certificate2 ReadOrMakeKubeletClient()
    {
        var kept = _files.ReadPair(KubeletClientName);
        return kept is not null && IsUsable(kept)
            ? kept
            : Keep(KubeletClientName, _issuer.MakeClient(Authority, "system:kube-apiserver", "system:kube-apiserver"));
    }

    private bool IsUsable(X509Certificate2 leaf)
        => !_issuer.IsDue(leaf) && leaf.IssuerName.RawData.AsSpan().SequenceEqual(Authority.SubjectName.RawData);

    private static bool IsGoodFor(X509Certificate2 certificate, IReadOnlyList<string> hosts)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        var known = names.EnumerateDnsNames().Concat(
            names.EnumerateIPAddresses().Select(address => address.ToString()));
        return known.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(hosts);
    }

    private X509Certificate2 Keep(string name, X509Certificate2 certificate)
    {
        _files.WritePair(name, certificate);
        return certificate;
    }
}
