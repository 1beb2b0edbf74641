using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MiniKube.Api;

/// <summary>What a PKCS #10 certificate signing request asks for. Its signature has been checked.</summary>
public sealed record SigningRequest
{
    /// <summary>How the block of a PEM file is called (RFC 7468, section 7).</summary>
    public const string PemLabel = "CERTIFICATE REQUEST";

    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const string AlternativeNamesOid = "2.5.29.17";

    private SigningRequest()
    {
    }

    /// <summary>The subject's common name: the user a client certificate is for. Empty when there is none.</summary>
    public required string CommonName { get; init; }

    /// <summary>The subject's organizations: the user's groups.</summary>
    public required ImmutableArray<string> Organizations { get; init; }

    /// <summary>DNS names of the alternative names.</summary>
    public required ImmutableArray<string> DnsNames { get; init; }

    /// <summary>Addresses of the alternative names.</summary>
    public required ImmutableArray<IPAddress> Addresses { get; init; }

    /// <summary>True when there are alternative names of other kinds: mail addresses, URIs.</summary>
    public required bool HasOtherNames { get; init; }

    /// <summary>The whole subject.</summary>
    public required X500DistinguishedName Subject { get; init; }

    /// <summary>The key the certificate is for.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>True when the request names neither hosts nor anything else beside its subject.</summary>
    public bool HasNoAlternativeNames => DnsNames.IsEmpty && Addresses.IsEmpty && !HasOtherNames;

    /// <summary>Reads a PEM file of one request.</summary>
    /// <exception cref="FormatException">It is none, or its signature does not fit; the message says what is wrong.</exception>
    public static SigningRequest Parse(ReadOnlySpan<byte> pem)
    {
        var text = Encoding.UTF8.GetString(pem);
        if (!PemEncoding.TryFind(text, out var block))
        {
            throw new FormatException("PEM block type must be CERTIFICATE REQUEST");
        }

        if (text[block.Label] is not (PemLabel or "NEW CERTIFICATE REQUEST"))
        {
            throw new FormatException("PEM block type must be CERTIFICATE REQUEST");
        }

        try
        {
            return Of(CertificateRequest.LoadSigningRequest(
                Convert.FromBase64String(text[block.Base64Data]),
                HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions,
                RSASignaturePadding.Pkcs1));
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException or NotSupportedException)
        {
            throw new FormatException($"the certificate request cannot be read: {malformed.Message}", malformed);
        }
    }

    private static SigningRequest Of(CertificateRequest request)
    {
        var subject = request.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static part => !part.HasMultipleElements)
            .Select(static part => (Oid: part.GetSingleElementType().Value, Value: part.GetSingleElementValue() ?? ""))
            .ToList();
        var names = AlternativeNames(request);
        ImmutableArray<string> dns = [.. names?.EnumerateDnsNames() ?? []];
        ImmutableArray<IPAddress> addresses = [.. names?.EnumerateIPAddresses() ?? []];
        return new SigningRequest
        {
            CommonName = subject.FirstOrDefault(static part => part.Oid == CommonNameOid).Value ?? "",
            Organizations = [.. subject.Where(static part => part.Oid == OrganizationOid).Select(static part => part.Value)],
            DnsNames = dns,
            Addresses = addresses,
            HasOtherNames = names is not null && CountOf(names) != dns.Length + addresses.Length,
            Subject = request.SubjectName,
            PublicKey = request.PublicKey,
        };
    }

    private static X509SubjectAlternativeNameExtension? AlternativeNames(CertificateRequest request)
        => request.CertificateExtensions.FirstOrDefault(static one => one.Oid?.Value == AlternativeNamesOid) is { } found
            ? new X509SubjectAlternativeNameExtension(found.RawData, found.Critical)
            : null;

    // RFC 5280, section 4.2.1.6: a sequence of names, each tagged with its kind.
    private static int CountOf(X509SubjectAlternativeNameExtension names)
    {
        var count = 0;
        var reader = new System.Formats.Asn1.AsnReader(names.RawData, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        while (reader.HasData)
        {
            reader.ReadEncodedValue();
            count++;
        }

        return count;
    }
}
