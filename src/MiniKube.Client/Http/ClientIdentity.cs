using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Client;

/// <summary>
/// Who a client is and whom it trusts, exchangeable while it runs: new connections use the new certificates, what is under way
/// on old ones goes on. Thread-safe. Certificates that were exchanged are not disposed: connections may still show them.
/// </summary>
public sealed class ClientIdentity
{
    private volatile Snapshot _current;

    /// <param name="authorities">
    /// The only authorities whose server certificates are trusted; nothing else the machine trusts counts.
    /// </param>
    /// <param name="certificate">With its private key, to show to servers; null for none.</param>
    public ClientIdentity(X509Certificate2Collection authorities, X509Certificate2? certificate)
        => _current = new Snapshot(authorities, certificate);

    /// <summary>Raised after an exchange, on the thread of who did it.</summary>
    public event Action? Changed;

    /// <summary>Whom to trust now.</summary>
    public X509Certificate2Collection Authorities => _current.Authorities;

    /// <summary>What to show now; null for nothing.</summary>
    public X509Certificate2? Certificate => _current.Certificate;

    /// <summary>Both from here on.</summary>
    public void Exchange(X509Certificate2Collection authorities, X509Certificate2? certificate)
    {
        ArgumentNullException.ThrowIfNull(authorities);
        _current = new Snapshot(authorities, certificate);
        Changed?.Invoke();
    }

    private sealed record Snapshot(X509Certificate2Collection Authorities, X509Certificate2? Certificate);
}
