using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Leases.</summary>
internal static class LeaseRules
{
    public static void Validate(V1Lease lease, FieldErrors errors)
    {
        errors.Positive("spec.leaseDurationSeconds", lease.Spec?.LeaseDurationSeconds);
        errors.NotNegative("spec.leaseTransitions", lease.Spec?.LeaseTransitions);
    }
}
