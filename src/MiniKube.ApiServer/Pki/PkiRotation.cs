namespace MiniKube.ApiServer;

/// <summary>Renews the certificates of a server that does not run, on its files.</summary>
public static class PkiRotation
{
    /// <summary>
    /// New certificates for server and administrator, and a new authority if asked for. Returns what a kubeconfig holds from now on.
    /// </summary>
    /// <exception cref="PkiException">There are none, or they are damaged.</exception>
    public static AdminCredentials Rotate(string directory, bool authority, TimeProvider time)
    {
        using var server = new PkiFiles(directory).ReadPair("server")
            ?? throw new PkiException($"{directory} has no certificates of a server");
        using var pki = ClusterPki.Open(directory, [.. CertificateIssuer.HostsOf(server)], token: null, time);
        pki.Rotate(authority);
        return pki.Admin;
    }
}
