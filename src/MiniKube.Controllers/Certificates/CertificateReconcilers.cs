using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Approves what <see cref="ApprovalPlanner"/> says; the rest waits for <c>kubectl certificate approve</c>.</summary>
internal sealed class ApprovalReconciler(IApiClient client, Informer<V1CertificateSigningRequest> requests, TimeProvider time)
    : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (requests.Find(key) is { } request && ApprovalPlanner.Approve(request) is { } why)
        {
            await client.UpdateWithRetryAsync(
                request,
                copy =>
                {
                    var isOpen = !CertificateRequests.IsDecided(copy);
                    if (isOpen)
                    {
                        CertificateRequests.Add(
                            copy, CertificateRequests.Approved, "AutoApproved", why, time.GetUtcNow().UtcDateTime);
                    }

                    return isOpen;
                },
                "approval",
                cancellationToken);
        }

        return ReconcileResult.Done;
    }
}

/// <summary>Signs what is approved.</summary>
internal sealed class SigningReconciler(
    IApiClient client, Informer<V1CertificateSigningRequest> requests, ICertificateSigner signer, TimeProvider time)
    : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (requests.Find(key) is { } request && Awaits(request))
        {
            await client.UpdateWithRetryAsync(request, Answer, "status", cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private static bool Awaits(V1CertificateSigningRequest request)
        => SignerRules.IsOurs(request.Spec.SignerName)
            && CertificateRequests.Is(request, CertificateRequests.Approved)
            && !CertificateRequests.Is(request, CertificateRequests.Failed)
            && !CertificateRequests.IsIssued(request);

    private bool Answer(V1CertificateSigningRequest request)
    {
        if (!Awaits(request))
        {
            return false;
        }

        var asked = CertificateRequests.Read(request);
        var refusal = asked is null ? "the request cannot be read" : SignerRules.Refuse(request, asked);
        if (refusal is not null)
        {
            CertificateRequests.Add(
                request, CertificateRequests.Failed, "SignerValidationFailure", refusal, time.GetUtcNow().UtcDateTime);
            return true;
        }

        var life = request.Spec.ExpirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var order = new CertificateOrder(request.Spec.SignerName, asked!, [.. request.Spec.Usages], life);
        request.Status ??= new V1CertificateSigningRequestStatus();
        request.Status.Certificate = Encoding.ASCII.GetBytes(signer.Sign(order));
        return true;
    }
}

/// <summary>
/// Removes requests nobody looks at any more: an hour after the answer, a day after a question that got none, as
/// kube-controller-manager does.
/// </summary>
internal sealed class CertificateCleaner(IApiClient client, Informer<V1CertificateSigningRequest> requests, TimeProvider time)
    : IReconciler
{
    private static readonly TimeSpan AnsweredLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan OpenLife = TimeSpan.FromHours(24);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (requests.Find(key) is not { } request)
        {
            return ReconcileResult.Done;
        }

        var left = EndOf(request) - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return ReconcileResult.After(left);
        }

        await client.DeleteIfPresentAsync(request, cancellationToken);
        return ReconcileResult.Done;
    }

    internal static DateTimeOffset EndOf(V1CertificateSigningRequest request)
    {
        var answered = (request.Status?.Conditions ?? [])
            .Where(static one => one.Type is CertificateRequests.Approved or CertificateRequests.Denied or CertificateRequests.Failed)
            .Max(static one => one.LastUpdateTime);
        var isOpen = answered is null
            || (CertificateRequests.Is(request, CertificateRequests.Approved)
                && !CertificateRequests.IsIssued(request) && !CertificateRequests.Is(request, CertificateRequests.Failed));
        var since = (isOpen ? null : answered) ?? request.Metadata.CreationTimestamp ?? DateTime.MinValue;
        return new DateTimeOffset(since.ToUniversalTime()) + (isOpen ? OpenLife : AnsweredLife);
    }
}
