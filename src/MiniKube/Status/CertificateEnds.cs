using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>Until when a certificate is good.</summary>
/// <param name="File">The file, below the data directory; <c>node NAME</c> for what a joined machine last connected with.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Ends">Its last moment; null when it could not be read or has not been seen.</param>
internal sealed record CertificateEnd(string File, string Subject, DateTimeOffset? Ends)
{
    /// <summary>As kubeadm and k3s warn.</summary>
    private const int WarnDays = 30;

    /// <summary>What a person should know; null when all is well.</summary>
    public string? Warning(DateTimeOffset now) => Ends switch
    {
        null => File.StartsWith(CertificateEnds.NodePrefix, StringComparison.Ordinal) ? "not seen yet" : "cannot be read",
        { } ends when ends <= now => "has ended",
        { } ends when ends - now < TimeSpan.FromDays(WarnDays) => $"ends in {(int)(ends - now).TotalDays} days",
        _ => null,
    };
}

/// <summary>Reads the certificates below a data directory: files that end in <c>.crt</c>, and <c>.pem</c> of joined machines.</summary>
internal static class CertificateEnds
{
    internal const string NodePrefix = "node ";

    /// <summary>What a joined machine connected with; it was not seen when there is no end.</summary>
    public static CertificateEnd OfNode(string name, DateTimeOffset? ends)
        => new($"{NodePrefix}{name}", $"O=system:nodes, CN=system:node:{name}", ends);

    public static IReadOnlyList<CertificateEnd> Read(string root, params ReadOnlySpan<string> directories)
    {
        var ends = new List<CertificateEnd>();
        foreach (var directory in directories)
        {
            var path = Path.Combine(root, directory);
            if (Directory.Exists(path))
            {
                ends.AddRange(Directory.EnumerateFiles(path)
                    .Where(static file => Path.GetExtension(file) is ".crt" or ".pem")
                    .Order(StringComparer.Ordinal)
                    .Select(file => Read(root, file)));
            }
        }

        return ends;
    }

    private static CertificateEnd Read(string root, string file)
    {
        var name = Path.GetRelativePath(root, file);
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            return new CertificateEnd(name, certificate.Subject, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        }
        catch (Exception damaged) when (damaged is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new CertificateEnd(name, damaged.Message, Ends: null);
        }
    }
}
