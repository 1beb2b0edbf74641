using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>
/// Which certificate requests are approved without a person: those of nodes that just proved who they are at the join, and
/// those by which a node renews its own. Pure.
/// </summary>
internal static class ApprovalPlanner
{
    /// <summary>Why the request is approved; null leaves the decision to a person.</summary>
    public static string? Approve(V1CertificateSigningRequest request)
    {
        if (CertificateRequests.IsDecided(request)
            || request.Spec.SignerName is not (CertificateSigners.NodeClient or CertificateSigners.NodeServing)
            || CertificateRequests.Read(request) is not { } asked
            || SignerRules.Refuse(request, asked) is not null)
        {
            return null;
        }

        var groups = request.Spec.Groups ?? [];
        if (groups.Contains(CertificateSigners.CheckedJoinsGroup))
        {
            return "The node joined with a good token and its own password.";
        }

        return groups.Contains(CertificateSigners.NodesGroup) && request.Spec.Username == asked.CommonName
            ? "The node renews a certificate of its own."
            : null;
    }
}
