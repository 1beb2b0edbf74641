using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.ApiServer;

/// <summary>
/// Reads and writes keys and certificates as PEM files that only the owner may read; a file is there whole or not at
/// all.
/// </summary>
internal sealed class PkiFiles(string directory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Directory => directory;

    /// <summary>Makes the directory, for the owner only.</summary>
    public void Prepare() => System.IO.Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>The text of a file, or null when it is not there.</summary>
    public string? ReadText(string name)
    {
        var path = Path.Combine(directory, name);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public void WriteText(string name, string text)
    {
        var path = Path.Combine(directory, name);
        var partial = $"{path}.partial";
        File.Delete(partial);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var stream = new FileStream(partial, options))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary>The certificate with its private key, or null when one of the two files is missing.</summary>
    /// <exception cref="PkiException">The files are damaged or do not belong together.</exception>
    public X509Certificate2? ReadPair(string name)
    {
        if (ReadText($"{name}.crt") is not { } certificate || ReadText($"{name}.key") is not { } key)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new PkiException(
                $"{Path.Combine(directory, name)}.crt and .key cannot be used: {failure.Message} "
                + "Restore them from a backup, or remove both to have new ones made", failure);
        }
    }

    /// <summary>The certificates of a file, in its order; none when it is not there.</summary>
    /// <exception cref="PkiException">The file is damaged.</exception>
    public IReadOnlyList<X509Certificate2> ReadBundle(string name)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(ReadText(name));
        }
        catch (CryptographicException failure)
        {
            throw new PkiException(
                $"{Path.Combine(directory, name)} cannot be used: {failure.Message} Restore it from a backup, or remove it", failure);
        }

        return [.. found];
    }

    public void WritePair(string name, X509Certificate2 certificate)
    {
        WriteText($"{name}.key", PrivateKeyPem(certificate));
        WriteText($"{name}.crt", CertificatePem(certificate));
    }

    public static string CertificatePem(X509Certificate2 certificate) => $"{certificate.ExportCertificatePem()}\n";

    public static string PrivateKeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException("the certificate has no ECDSA private key");
        return $"{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}

/// <summary>The certificates on disk cannot be used; the message says which and what to do.</summary>
public sealed class PkiException(string message, Exception? cause = null) : Exception(message, cause);
