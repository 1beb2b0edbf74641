using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Approves certificate requests of nodes.</summary>
internal static class CertificateApprovingController
{
    public static ReconcileLoop Create(ControllerContext context)
    {
        var requests = context.Informer<V1CertificateSigningRequest>();
        var client = context.ClientFor("certificate-controller");
        return context.Loop("csrapproving", new ApprovalReconciler(client, requests, context.Time)).For(requests);
    }
}

/// <summary>Signs approved certificate requests; idle in a cluster whose authority's key is elsewhere.</summary>
internal static class CertificateSigningController
{
    public static IEnumerable<ReconcileLoop> Create(ControllerContext context)
    {
        if (context.Options.CertificateSigner is { } signer)
        {
            var requests = context.Informer<V1CertificateSigningRequest>();
            var client = context.ClientFor("certificate-controller");
            yield return context.Loop("csrsigning", new SigningReconciler(client, requests, signer, context.Time)).For(requests);
        }
    }
}

/// <summary>Removes old certificate requests.</summary>
internal static class CertificateCleaningController
{
    public static ReconcileLoop Create(ControllerContext context)
    {
        var requests = context.Informer<V1CertificateSigningRequest>();
        var client = context.ClientFor("certificate-controller");
        return context.Loop("csrcleaner", new CertificateCleaner(client, requests, context.Time), workers: 1).For(requests);
    }
}
