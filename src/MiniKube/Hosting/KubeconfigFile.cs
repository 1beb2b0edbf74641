using System.Net;
using System.Text;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>Writes the admin's kubeconfig: whoever reads it is the administrator, so only the owner may.</summary>
internal static class KubeconfigFile
{
    public static string Format(string server, AdminCredentials admin)
    {
        ArgumentException.ThrowIfNullOrEmpty(server);
        return $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: minikube
              cluster:
                server: {server}
                certificate-authority-data: {Base64(admin.CertificateAuthorityPem)}
            users:
            - name: admin
              user:
                client-certificate-data: {Base64(admin.ClientCertificatePem)}
                client-key-data: {Base64(admin.ClientKeyPem)}
            contexts:
            - name: minikube
              context:
                cluster: minikube
                user: admin
            current-context: minikube

            """;
    }

    /// <summary>Writes the file, whole or not at all; nobody else can read it at any moment.</summary>
    public static void Write(string path, string content) => PrivateFile.Write(path, content);

    /// <summary>The address that a program on this machine uses: loopback when the server listens everywhere.</summary>
    public static string AddressOf(IPAddress bound, int port)
    {
        var address = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound;
        return $"https://{new IPEndPoint(address, port)}";
    }

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
