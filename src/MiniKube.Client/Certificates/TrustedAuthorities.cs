namespace MiniKube.Client;

/// <summary>
/// The authorities of the cluster as of now, PEM, the one that signs in front. Changes when an authority is replaced; for a while the old
/// one stays in it. Thread-safe.
/// </summary>
public sealed class TrustedAuthorities(string pem)
{
    private volatile string _pem = pem;

    /// <summary>Called after a change, by the thread that made it.</summary>
    public event Action Changed = static () => { };

    /// <summary>The bundle.</summary>
    public string Pem => _pem;

    /// <summary>Replaces the bundle; tells nobody when it is the same.</summary>
    public void Set(string pem)
    {
        if (pem != _pem)
        {
            _pem = pem;
            Changed();
        }
    }
}
