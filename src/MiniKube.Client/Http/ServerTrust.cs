using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Client;

/// <summary>How whoever connects to a server of the cluster checks it: by the cluster's authorities, and nothing else.</summary>
public static class ServerTrust
{
    /// <summary>
    /// TLS as an identity of the cluster. A server whose certificate is of another time is refused with an
    /// <see cref="AuthenticationException"/> that says so: as a rule a clock is wrong then.
    /// </summary>
    public static SslClientAuthenticationOptions OptionsFor(ClientIdentity identity, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.AddRange(identity.Authorities);
        var options = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            RemoteCertificateValidationCallback = (sender, shown, chain, errors) => IsGood(sender, shown, chain, errors, time),
        };
        if (identity.Certificate is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        }

        return options;
    }

    /// <summary>What a person reads of a server whose certificate is of another time.</summary>
    public static string Outdated(string server, X509Certificate2 certificate, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the certificate of {server} is valid from {certificate.NotBefore.ToUniversalTime():u} to "
            + $"{certificate.NotAfter.ToUniversalTime():u}, but this machine's clock says {now.UtcDateTime:u}; set the clocks of both");
    }

    private static bool IsGood(
        object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors, TimeProvider time)
    {
        var isOutdated = errors == SslPolicyErrors.RemoteCertificateChainErrors
            && chain!.ChainStatus.Any(static status => status.Status == X509ChainStatusFlags.NotTimeValid);
        return isOutdated
            ? throw new AuthenticationException(
                Outdated((sender as SslStream)?.TargetHostName ?? "the server", (X509Certificate2)shown!, time.GetUtcNow()))
            : errors == SslPolicyErrors.None;
    }
}
