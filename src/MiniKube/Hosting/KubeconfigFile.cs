using System.Net;
using System.Text;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>Writes the admin's kubeconfig: whoever reads it is the administrator, so only the owner may.</summary>
internal static class KubeconfigFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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
    public static void Write(string path, string content)
    {
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The address that a program on this machine uses: loopback when the server listens everywhere.</summary>
    public static string AddressOf(IPAddress bound, int port)
    {
        var address = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound;
        return $"https://{new IPEndPoint(address, port)}";
    }

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
