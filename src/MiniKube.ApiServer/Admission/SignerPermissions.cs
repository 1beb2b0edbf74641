using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Who approves a certificate signing request must be allowed to <c>approve</c> for its signer, and who signs it to <c>sign</c>.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization
/// </summary>
internal sealed class SignerPermissions(Authorizer authorizer) : IAdmission
{
    public string Name => "CertificateApproval";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Update, Object: V1CertificateSigningRequest now, OldObject: V1CertificateSigningRequest before })
        {
            switch (request.Subresource)
            {
                case "approval":
                    Require(request, "approve", before.Spec.SignerName);
                    break;
                case "status" when Signs(now, before):
                    Require(request, "sign", before.Spec.SignerName);
                    break;
            }
        }

        return ValueTask.CompletedTask;
    }

    private static bool Signs(V1CertificateSigningRequest now, V1CertificateSigningRequest before)
        => !(now.Status?.Certificate ?? []).AsSpan().SequenceEqual(before.Status?.Certificate ?? [])
            || !JsonChanges.AreEqual(now.Status?.Conditions ?? [], before.Status?.Conditions ?? []);

    private void Require(AdmissionRequest request, string verb, string signer)
    {
        // A permission for all signers of a domain is one for this one.
        var slash = signer.IndexOf('/', StringComparison.Ordinal);
        string[] names = slash < 0 ? [signer] : [signer, $"{signer[..slash]}/*"];
        if (!names.Any(name => authorizer.Decide(
            request.User, new AccessQuestion(verb, "certificates.k8s.io", "signers", Name: name)).IsAllowed))
        {
            throw ApiException.Forbidden(
                request.Definition.Gvr, request.Key.Name, $"user not permitted to {verb} requests with signerName \"{signer}\"");
        }
    }
}
