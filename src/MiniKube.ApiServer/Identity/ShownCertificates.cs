using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.ApiServer;

/// <summary>
/// Until when the certificates are good that joined nodes came with: that of the newest connection of each. Kept while the server
/// runs; a node that has not connected since its start is not known. Only what passed authentication comes here, so there are no more
/// entries than machines that joined.
/// </summary>
internal sealed class ShownCertificates
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new();

    /// <summary>By the node's name.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Ends => _ends;

    /// <summary>A connection was made with this certificate, and it was accepted.</summary>
    public void Take(UserInfo? user, X509Certificate2 certificate)
    {
        if (user?.NodeName is { } node)
        {
            _ends[node] = certificate.NotAfter.ToUniversalTime();
        }
    }
}
