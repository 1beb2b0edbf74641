using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>How it stands with a certificate.</summary>
internal enum CertificateState
{
    Good,

    /// <summary>Two thirds of its life are over: the running server or agent renews it.</summary>
    Due,

    Expired,

    /// <summary>Of a time still to come: a clock is wrong.</summary>
    NotYetValid,
}

/// <summary>A certificate in a file.</summary>
internal sealed record CertificateEntry(string File, string Subject, DateTimeOffset End, CertificateState State, DateTimeOffset Now)
{
    public IReadOnlyList<string> Row() =>
    [
        File,
        Subject,
        End.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Math.Floor((End - Now).TotalDays).ToString(CultureInfo.InvariantCulture),
        State switch
        {
            CertificateState.Good => "good",
            CertificateState.Due => "due for renewal",
            CertificateState.NotYetValid => "not yet valid: is the clock right?",
            _ => "expired",
        },
    ];
}

/// <summary>Finds every certificate of a data directory, of servers and agents alike, whether anything runs there or not.</summary>
internal static class CertificateFiles
{
    /// <exception cref="CommandException">A file cannot be read.</exception>
    public static IReadOnlyList<CertificateEntry> Find(string root, DateTimeOffset now)
    {
        var pki = Path.Combine(root, "pki");
        var found = Directory.EnumerateFiles(pki, "*", SearchOption.AllDirectories)
            .Where(static path => Path.GetExtension(path) is ".crt" or ".pem")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Read(path, Path.GetRelativePath(root, path), now))
            .ToList();
        var kubeconfig = DataDirectory.KubeconfigIn(root);
        if (File.Exists(kubeconfig) && KubeconfigReader.Read(kubeconfig, context: null).ClientCertificate is { } admin)
        {
            found.Add(EntryOf(Path.GetRelativePath(root, kubeconfig), admin, now));
        }

        return found;
    }

    internal static CertificateState StateOf(DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now)
    {
        if (now >= end)
        {
            return CertificateState.Expired;
        }

        if (now < begin)
        {
            return CertificateState.NotYetValid;
        }

        return now >= end - ((end - begin) / 3) ? CertificateState.Due : CertificateState.Good;
    }

    private static IEnumerable<CertificateEntry> Read(string path, string name, DateTimeOffset now)
    {
        var bundle = new X509Certificate2Collection();
        try
        {
            bundle.ImportFromPemFile(path);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {failure.Message}", cause: failure);
        }

        return bundle.Select(one => EntryOf(name, one, now));
    }

    private static CertificateEntry EntryOf(string name, X509Certificate2 certificate, DateTimeOffset now)
        => new(name, certificate.Subject, certificate.NotAfter, StateOf(certificate.NotBefore, certificate.NotAfter, now), now);
}
