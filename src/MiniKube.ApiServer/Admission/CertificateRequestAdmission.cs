using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Writes into every new certificate signing request who asks, and refuses client certificates of administrators: those are
/// the server's own to make.
/// </summary>
internal sealed class CertificateRequestAdmission : IAdmission
{
    public string Name => "CertificateSubjectRestriction";

    public bool MayChange(ResourceDefinition definition) => definition is CertificateSigningRequestResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Object: V1CertificateSigningRequest { Spec: { } spec }, Subresource: "" })
        {
            spec.Username = request.User.Name;
            spec.Groups = [.. request.User.Groups];
            spec.Uid = null;
            spec.Extra = null;
            RefuseMasters(request, spec);
        }

        return ValueTask.CompletedTask;
    }

    private static void RefuseMasters(AdmissionRequest request, V1CertificateSigningRequestSpec spec)
    {
        if (spec.SignerName == CertificateSigners.Client && Asked(spec) is { } asked
            && asked.Organizations.Contains(UserInfo.Masters))
        {
            throw ApiException.Forbidden(request.Definition.Gvr, request.Key.Name,
                $"use of {CertificateSigners.Client} signer with {UserInfo.Masters} group is not allowed");
        }
    }

    // What cannot be read is validation's business, which comes after.
    private static SigningRequest? Asked(V1CertificateSigningRequestSpec spec)
    {
        try
        {
            return SigningRequest.Parse(spec.Request ?? []);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
