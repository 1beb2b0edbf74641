using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Client;

namespace MiniKube;

/// <summary>Checks a server's certificate against a cluster's authorities, and keeps what was wrong with it in words.</summary>
internal sealed class ServerCheck(Uri server, X509Certificate2Collection authorities, TimeProvider time)
{
    /// <summary>Why the last certificate was refused; null when none was.</summary>
    public string? Problem { get; private set; }

    /// <summary>True when it was of another time: a clock is wrong.</summary>
    public bool IsOutdated { get; private set; }

    public bool Validate(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = shown is X509Certificate2 certificate ? ProblemOf(certificate) : $"{server.Authority} shows no certificate";
        return Problem is null;
    }

    private string? ProblemOf(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        if (!chain.Build(certificate))
        {
            IsOutdated = chain.ChainStatus.Any(static status => status.Status == X509ChainStatusFlags.NotTimeValid);
            return IsOutdated
                ? ServerTrust.Outdated(server.Authority, certificate, now)
                : $"{server.Authority} is not a server of the cluster: its certificate is of another authority "
                    + $"({certificate.Issuer}); check --server and the token";
        }

        return certificate.MatchesHostname(server.IdnHost)
            ? null
            : $"the certificate of the server is not good for '{server.IdnHost}'; join by a name or address it is good for, "
                + $"or start the server with --tls-san {server.IdnHost}";
    }
}
