using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// The way to every node: the short one to a node agent in this process, HTTPS to all others, over connections the
/// <see cref="NodeDialer"/> makes. A node is believed to be who it says by its certificate, not by its address.
/// </summary>
internal sealed class NodeEndpoints : IDisposable
{
    private const string CommonNameOid = "2.5.4.3";
    private const string NodePrefix = "system:node:";

    // Quiet connections are kept a little, and none so long that a renewed certificate of ours would not be shown.
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LifeMax = TimeSpan.FromMinutes(10);

    private readonly NodeDirectory _local;
    private readonly NodeDialer _dialer;
    private readonly ClusterPki _pki;
    private readonly TimeProvider _time;

    public NodeEndpoints(NodeDirectory local, NodeDialer dialer, ClusterPki pki, TimeProvider time)
    {
        _local = local;
        _dialer = dialer;
        _pki = pki;
        _time = time;
        Http = new HttpMessageInvoker(MakeHandler());
    }

    /// <summary>Requests to <c>https://NODE/</c>, as the API server.</summary>
    public HttpMessageInvoker Http { get; }

    /// <exception cref="ApiException">NotFound: there is no such node.</exception>
    public INodeEndpoint Get(string nodeName)
    {
        if (_local.Find(nodeName) is { } local)
        {
            return local;
        }

        _dialer.Find(nodeName);
        return new KubeletEndpoint(nodeName, Http, _time);
    }

    public void Dispose() => Http.Dispose();

    private SocketsHttpHandler MakeHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = IdleLife,
        PooledConnectionLifetime = LifeMax,
        ConnectCallback = async (context, cancellationToken)
            => await _dialer.DialKubeletAsync(context.DnsEndPoint.Host, cancellationToken),
        SslOptions = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => _pki.Material.KubeletClient,
            RemoteCertificateValidationCallback = IsThatNode,
        },
    };

    private bool IsThatNode(object sender, X509Certificate? shown, X509Chain? given, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate || sender is not SslStream stream)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_pki.Material.Authorities.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        var name = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)
            .Select(static part => part.GetSingleElementValue())
            .FirstOrDefault();
        return chain.Build(certificate) && name == NodePrefix + stream.TargetHostName;
    }
}
