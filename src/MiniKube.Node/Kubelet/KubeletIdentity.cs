using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Node;

/// <summary>
/// The certificates of a node's HTTPS endpoint. Asked at every new connection, so that they can be renewed while it runs. Called
/// from any thread; the answers must stay usable.
/// </summary>
/// <param name="Serving">What to show: a server certificate with its key, for <c>system:node:NAME</c>.</param>
/// <param name="Authorities">Whose client certificates are believed.</param>
public sealed record KubeletIdentity(Func<X509Certificate2> Serving, Func<X509Certificate2Collection> Authorities);
