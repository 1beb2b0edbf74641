using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Certificate signing requests: what may be asked for, and that a decision once made stays.
/// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/certificate-signing-request-v1/
/// </summary>
internal static class CertificateRequestRules
{
    private const int SecondsMin = 600; // Twice the five minutes by which certificates are dated back.
    private const string LegacySigner = "kubernetes.io/legacy-unknown";

    private static readonly string[] Usages =
    [
        "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment",
        "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth", "client auth", "code signing",
        "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing",
        "microsoft sgc", "netscape sgc",
    ];

    public static bool IsDecision(V1CertificateSigningRequestCondition condition) => condition.Type is "Approved" or "Denied";

    public static void Validate(V1CertificateSigningRequest request, FieldErrors errors)
    {
        var spec = request.Spec ?? new V1CertificateSigningRequestSpec();
        ValidateRequest(spec, errors);
        ValidateUsages(spec.Usages ?? [], errors);
        ValidateSigner(spec.SignerName, errors);
        if (spec.ExpirationSeconds < SecondsMin)
        {
            errors.Invalid("spec.expirationSeconds", spec.ExpirationSeconds,
                "may not specify a duration less than 600 seconds (10 minutes)");
        }
    }

    public static void ValidateUpdate(V1CertificateSigningRequest request, V1CertificateSigningRequest old, FieldErrors errors)
    {
        ValidateConditions(request.Status?.Conditions ?? [], errors);
        var kept = (request.Status?.Conditions ?? []).Select(static one => one.Type).ToHashSet();
        foreach (var type in (old.Status?.Conditions ?? []).Select(static one => one.Type).Where(type => !kept.Contains(type)))
        {
            errors.Forbidden("status.conditions", $"updates may not remove a condition of type \"{type}\"");
        }

        var issued = old.Status?.Certificate;
        if (issued is { Length: > 0 } && !issued.AsSpan().SequenceEqual(request.Status?.Certificate))
        {
            errors.Forbidden("status.certificate", "updates may not modify existing certificate content");
        }
    }

    /// <summary>Clients say when they decided; when the condition began is the same moment.</summary>
    public static void StampConditions(V1CertificateSigningRequest request)
    {
        foreach (var condition in request.Status?.Conditions ?? [])
        {
            condition.LastTransitionTime ??= condition.LastUpdateTime;
        }
    }

    private static void ValidateRequest(V1CertificateSigningRequestSpec spec, FieldErrors errors)
    {
        if (spec.Request is not { Length: > 0 })
        {
            errors.Invalid("spec.request", "", "PEM block type must be CERTIFICATE REQUEST");
            return;
        }

        try
        {
            SigningRequest.Parse(spec.Request);
        }
        catch (FormatException malformed)
        {
            errors.Invalid("spec.request", "<certificate request>", malformed.Message);
        }
    }

    private static void ValidateUsages(IList<string> usages, FieldErrors errors)
    {
        if (usages.Count == 0)
        {
            errors.Required("spec.usages");
        }

        var seen = new HashSet<string>();
        for (var index = 0; index < usages.Count; index++)
        {
            if (!Usages.Contains(usages[index]))
            {
                errors.NotSupported($"spec.usages[{index}]", usages[index], Usages);
            }

            if (!seen.Add(usages[index]))
            {
                errors.Duplicate($"spec.usages[{index}]", usages[index]);
            }
        }
    }

    private static void ValidateSigner(string? name, FieldErrors errors)
    {
        const string path = "spec.signerName";
        if (string.IsNullOrEmpty(name))
        {
            errors.Required(path);
            return;
        }

        if (name == LegacySigner)
        {
            errors.Invalid(path, name, "the legacy signerName is not allowed via this API version");
            return;
        }

        var parts = name.Split('/');
        if (parts.Length != 2)
        {
            errors.Invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        errors.Invalid(path, parts[0], Names.CheckDnsSubdomain(parts[0]));
        if (!parts[0].Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path, parts[0], "should be a domain with at least two segments separated by dots");
        }

        errors.Invalid(path, parts[1], Names.CheckDnsSubdomain(parts[1]));
    }

    private static void ValidateConditions(IList<V1CertificateSigningRequestCondition> conditions, FieldErrors errors)
    {
        var seen = new HashSet<string>();
        for (var index = 0; index < conditions.Count; index++)
        {
            var (condition, path) = (conditions[index], $"status.conditions[{index}]");
            errors.Required($"{path}.type", condition.Type, "");
            if (condition.Type is "Approved" or "Denied" or "Failed")
            {
                errors.OneOf($"{path}.status", condition.Status, "True");
            }
            else
            {
                errors.OneOf($"{path}.status", condition.Status, "True", "False", "Unknown");
            }

            if (!seen.Add(condition.Type ?? ""))
            {
                errors.Duplicate($"{path}.type", condition.Type);
            }
        }

        if (seen.Contains("Approved") && seen.Contains("Denied"))
        {
            errors.Invalid("status.conditions", "Denied", "Approved and Denied conditions are mutually exclusive");
        }
    }
}
