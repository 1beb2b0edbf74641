using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Client;

/// <summary>What a node shows to those who connect to it; exchanged while it runs. Thread-safe.</summary>
public sealed class ServingIdentity(X509Certificate2? first)
{
    private volatile X509Certificate2? _current = first;

    /// <summary>With its private key; null while there is none.</summary>
    public X509Certificate2? Certificate => _current;

    /// <summary>New connections are shown this one. The old one is not disposed: connections may still use it.</summary>
    public void Exchange(X509Certificate2 certificate) => _current = certificate;
}
