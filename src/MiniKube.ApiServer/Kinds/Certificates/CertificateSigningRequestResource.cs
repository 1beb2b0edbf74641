using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CertificateSigningRequestResource : ResourceDefinition<V1CertificateSigningRequest>
{
    public CertificateSigningRequestResource()
        : base(new Gvr("certificates.k8s.io", "v1", "certificatesigningrequests"), Scope.Cluster, "CertificateSigningRequest")
    {
        ShortNames = ["csr"];
        HasStatus = true;
        Subresources = [new SubresourceDefinition("approval", Gvk, ["get", "patch", "update"])];
        Column("Age", (request, now) => ColumnText.Since(request.Metadata.CreationTimestamp, now));
        Column("SignerName", request => request.Spec?.SignerName);
        Column("Requestor", request => request.Spec?.Username);
        Column("RequestedDuration", CertificateRequestTexts.Duration);
        Column("Condition", CertificateRequestTexts.Condition);
        Field("spec.signerName", request => request.Spec?.SignerName);
    }

    protected override void PrepareForCreate(V1CertificateSigningRequest request)
    {
        // Who asks is the server's word, not the client's: see CertificateRequestAdmission.
        request.Status = new V1CertificateSigningRequestStatus();
    }

    protected override void PrepareForUpdate(V1CertificateSigningRequest request, V1CertificateSigningRequest old)
    {
        request.Spec = old.Spec;
        request.Status = old.Status;
    }

    // A signer issues or fails; approving and denying is a permission of its own, behind /approval.
    protected override void PrepareForStatusUpdate(V1CertificateSigningRequest request, V1CertificateSigningRequest old)
    {
        request.Spec = old.Spec;
        request.Status ??= new V1CertificateSigningRequestStatus();
        request.Status.Conditions =
        [
            .. (old.Status?.Conditions ?? []).Where(CertificateRequestRules.IsDecision),
            .. (request.Status.Conditions ?? []).Where(static one => !CertificateRequestRules.IsDecision(one)),
        ];
        CertificateRequestRules.StampConditions(request);
    }

    protected override void Validate(V1CertificateSigningRequest request, FieldErrors errors)
        => CertificateRequestRules.Validate(request, errors);

    protected override void ValidateUpdate(
        V1CertificateSigningRequest request, V1CertificateSigningRequest old, FieldErrors errors)
        => CertificateRequestRules.ValidateUpdate(request, old, errors);
}
