using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// Signs with the key of the cluster's authority, which only the API server holds: how controllers make certificates without
/// it. Thread-safe.
/// </summary>
public interface ICertificateSigner
{
    /// <summary>
    /// The PEM certificate of an approved order. Names of the servers themselves are left out of a node's serving certificate,
    /// so that no node can pass for a server.
    /// </summary>
    string Sign(CertificateOrder order);
}

/// <summary>What to sign.</summary>
/// <param name="SignerName">One of <see cref="CertificateSigners"/>.</param>
/// <param name="Request">Whose key, and the names it is for.</param>
/// <param name="Usages">Kubernetes' words: <c>digital signature</c>, <c>client auth</c>.</param>
/// <param name="Life">How long it is asked to be good; null and everything longer is the cluster's own, a year.</param>
public sealed record CertificateOrder(string SignerName, SigningRequest Request, IReadOnlyList<string> Usages, TimeSpan? Life);
