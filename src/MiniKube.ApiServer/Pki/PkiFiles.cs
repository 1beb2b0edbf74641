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

    /// <summary>Called when a file of that name is in its place, to stay there; tests end the process at this moment.</summary>
    internal Action<string> Written { get; init; } = static _ => { };

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
        Written(name);
    }

    /// <summary>
    /// The certificate with its private key, or null when one of the two files is missing. After a crash between the two files of
    /// <see cref="WritePair"/> it is the pair of before or the new one.
    /// </summary>
    /// <exception cref="PkiException">The files are damaged or do not belong together.</exception>
    public X509Certificate2? ReadPair(string name)
    {
        FinishPair(name);
        if (ReadText($"{name}.crt") is not { } certificate || ReadText($"{name}.key") is not { } key)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception failure) when (IsDamage(failure))
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

    /// <summary>
    /// Two files cannot be replaced in one step, so the certificate waits beside until its key is there: whoever finds a key that
    /// does not fit the certificate knows which one does.
    /// </summary>
    public void WritePair(string name, X509Certificate2 certificate)
    {
        WriteText(Waiting(name), CertificatePem(certificate));
        WriteText($"{name}.key", PrivateKeyPem(certificate));
        Move(Waiting(name), $"{name}.crt");
    }

    // A certificate that waits for a key that never came is of no use to anybody.
    private void FinishPair(string name)
    {
        if (ReadText(Waiting(name)) is not { } waiting)
        {
            return;
        }

        if (ReadText($"{name}.key") is { } key && BelongTogether(waiting, key))
        {
            Move(Waiting(name), $"{name}.crt");
        }
        else
        {
            File.Delete(Path.Combine(directory, Waiting(name)));
        }
    }

    private void Move(string from, string to)
    {
        File.Move(Path.Combine(directory, from), Path.Combine(directory, to), overwrite: true);
        Written(to);
    }

    private static string Waiting(string name) => $"{name}.crt.next";

    private static bool BelongTogether(string certificate, string key)
    {
        try
        {
            X509Certificate2.CreateFromPem(certificate, key).Dispose();
            return true;
        }
        catch (Exception foreign) when (IsDamage(foreign))
        {
            return false;
        }
    }

    private static bool IsDamage(Exception failure) => failure is CryptographicException or ArgumentException;

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
