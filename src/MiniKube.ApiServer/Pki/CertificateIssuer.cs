using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Makes the cluster's certificates. ECDSA P-256: a key costs well under a millisecond.</summary>
internal sealed class CertificateIssuer(TimeProvider time)
{
    // The authority outlives the machine it was made on; leaves are renewed by the server itself long before their end.
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(365);

    // Clocks of joined machines may be behind.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, section 4.2.1.12
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AuthorityConstraints());
        request.CertificateExtensions.Add(AuthorityUsage());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now - ClockSkew, now + AuthorityLife);
    }

    /// <summary>The new authority once more, signed by the old one.</summary>
    public X509Certificate2 MakeBridge(X509Certificate2 old, X509Certificate2 authority)
    {
        var request = new CertificateRequest(authority.SubjectName, authority.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AuthorityConstraints());
        request.CertificateExtensions.Add(AuthorityUsage());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        return Sign(old, request, alternatives: null, AuthorityLife);
    }

    /// <summary>A server certificate for names and addresses.</summary>
    public X509Certificate2 MakeServer(X509Certificate2 authority, string name, IEnumerable<string> hosts)
        => MakeLeaf(authority, $"CN={name}", ServerAuthentication, AlternativeNames(hosts));

    /// <summary>A certificate somebody else holds the key of.</summary>
    public X509Certificate2 MakeOrdered(X509Certificate2 authority, CertificateOrder order, IReadOnlyList<string> hosts)
    {
        var request = new CertificateRequest(order.Request.Subject, order.Request.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(KeyUsages(order.Usages), critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Purposes(order.Usages), critical: false));
        var alternatives = hosts.Count > 0 ? AlternativeNames(hosts) : null;
        return Sign(authority, request, alternatives, order.Life is { } asked && asked < LeafLife ? asked : LeafLife);
    }

    private static X509Extension AlternativeNames(IEnumerable<string> hosts)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(host);
            }
        }

        return alternatives.Build();
    }

    private static X509KeyUsageFlags KeyUsages(IReadOnlyList<string> usages)
        => X509KeyUsageFlags.DigitalSignature
            | (usages.Contains("key encipherment") ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.None);

    private static OidCollection Purposes(IReadOnlyList<string> usages)
    {
        var purposes = new OidCollection();
        if (usages.Contains("client auth"))
        {
            purposes.Add(new Oid(ClientAuthentication));
        }

        if (usages.Contains("server auth"))
        {
            purposes.Add(new Oid(ServerAuthentication));
        }

        return purposes;
    }

    /// <summary>A client certificate: the common name is the user, the organization the group.</summary>
    public X509Certificate2 MakeClient(X509Certificate2 authority, string user, string group)
        => MakeLeaf(authority, $"O={group}, CN={user}", ClientAuthentication, alternatives: null);

    /// <summary>When two thirds of the life are over and a new one should be made.</summary>
    public static DateTimeOffset DueTime(X509Certificate2 certificate)
        => new DateTimeOffset(certificate.NotAfter) - ((certificate.NotAfter - certificate.NotBefore) / 3);

    /// <summary>True from two thirds of the life on.</summary>
    public bool IsDue(X509Certificate2 certificate) => time.GetUtcNow() >= DueTime(certificate);

    /// <summary>True for a certificate of a time still to come: the clock was ahead when it was made.</summary>
    public bool IsEarly(X509Certificate2 certificate) => time.GetUtcNow() < certificate.NotBefore;

    /// <summary>True when nothing an authority signed before its successor was made can be valid any more.</summary>
    public bool HasGraceOver(X509Certificate2 previous, X509Certificate2 successor)
    {
        var lastLeaf = new DateTimeOffset(successor.NotBefore) + ClockSkew + LeafLife;
        return time.GetUtcNow() >= lastLeaf || time.GetUtcNow() >= previous.NotAfter;
    }

    /// <summary>True when the authority's very key signed the certificate.</summary>
    public static bool IsSignedBy(X509Certificate2 leaf, X509Certificate2 authority)
    {
        var wanted = authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().SingleOrDefault()?.SubjectKeyIdentifierBytes;
        var named = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().SingleOrDefault()?.KeyIdentifier;
        return wanted is { } key && named is { } signer && key.Span.SequenceEqual(signer.Span);
    }

    /// <summary>The names and addresses a server certificate is good for.</summary>
    public static IEnumerable<string> HostsOf(X509Certificate2 certificate)
        => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names =>
            names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static address => address.ToString())));

    // No limit on the length of paths: an authority vouches for its successor.
    private static X509BasicConstraintsExtension AuthorityConstraints() => new(true, false, 0, true);

    private static X509KeyUsageExtension AuthorityUsage() => new(
        X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true);

    private X509Certificate2 MakeLeaf(
        X509Certificate2 authority, string subject, string usage, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var certificate = Sign(authority, request, alternatives, LeafLife);
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Sign(
        X509Certificate2 authority, CertificateRequest request, X509Extension? alternatives, TimeSpan life)
    {
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }

        var now = time.GetUtcNow();
        var end = now + life < authority.NotAfter ? now + life : authority.NotAfter;
        // Nothing is older than what signed it, even when the clock was set back since.
        var begin = now - BackdatingFor(life) > authority.NotBefore ? now - BackdatingFor(life) : authority.NotBefore;
        // Said with the key itself: the key that is signed may be of another kind.
        using var key = authority.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException("the cluster's authority has no ECDSA key");
        return request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            begin,
            end > begin ? end : authority.NotAfter,
            RandomNumberGenerator.GetBytes(16));
    }

    // Kubernetes dates certificates back by five minutes; a short life must not lie mostly in the past.
    private static TimeSpan BackdatingFor(TimeSpan life) => life < ClockSkew * 2 ? TimeSpan.FromMinutes(5) : ClockSkew;
}
