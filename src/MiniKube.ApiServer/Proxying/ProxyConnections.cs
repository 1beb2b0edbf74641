using System.Net;
using System.Net.Security;

namespace MiniKube.ApiServer;

/// <summary>
/// HTTP to pods, Services and nodes for the proxy subresources: through the tunnel of the node a pod is on, else straight. Pods'
/// certificates are not checked, as kube-apiserver does not: nobody could know which to expect.
/// </summary>
internal sealed class ProxyConnections : IDisposable
{
    // A pod's address may be another pod's soon.
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private static readonly HttpRequestOptionsKey<string> NodeName = new("minikube-node");

    private readonly NodeDialer _dialer;
    private readonly HttpMessageInvoker _kubelets;
    private readonly HttpMessageInvoker _pods;

    /// <param name="dialer">Makes the connections.</param>
    /// <param name="kubelets">Asks nodes' own endpoints, as the API server.</param>
    public ProxyConnections(NodeDialer dialer, HttpMessageInvoker kubelets)
    {
        _dialer = dialer;
        _kubelets = kubelets;
        _pods = new HttpMessageInvoker(MakeHandler());
    }

    /// <exception cref="HttpRequestException">Nothing answers there.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ProxyTarget target, CancellationToken cancellationToken)
    {
        if (target.NodeName is { } node)
        {
            request.Options.Set(NodeName, node);
        }

        return (target.IsKubelet ? _kubelets : _pods).SendAsync(request, cancellationToken);
    }

    public void Dispose() => _pods.Dispose();

    private SocketsHttpHandler MakeHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = IdleLife,
        ConnectCallback = ConnectAsync,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        },
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var address = new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port);
        return context.InitialRequestMessage.Options.TryGetValue(NodeName, out var node)
            ? await _dialer.DialPodAsync(node, address, cancellationToken)
            : await _dialer.ConnectAsync(address, cancellationToken);
    }
}
