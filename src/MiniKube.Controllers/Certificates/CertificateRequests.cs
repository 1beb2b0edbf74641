using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>What is said about a certificate request so far.</summary>
internal static class CertificateRequests
{
    public const string Approved = "Approved";
    public const string Denied = "Denied";
    public const string Failed = "Failed";

    public static bool Is(V1CertificateSigningRequest request, string condition)
        => Find(request, condition) is { Status: "True" };

    public static bool IsDecided(V1CertificateSigningRequest request) => Is(request, Approved) || Is(request, Denied);

    public static bool IsIssued(V1CertificateSigningRequest request) => request.Status?.Certificate is { Length: > 0 };

    public static V1CertificateSigningRequestCondition? Find(V1CertificateSigningRequest request, string condition)
        => request.Status?.Conditions?.FirstOrDefault(one => one.Type == condition);

    /// <summary>What the request asks for; null when it cannot be read, which validation does not let through.</summary>
    public static SigningRequest? Read(V1CertificateSigningRequest request)
    {
        try
        {
            return SigningRequest.Parse(request.Spec.Request ?? []);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static void Add(V1CertificateSigningRequest request, string condition, string reason, string message, DateTime now)
    {
        request.Status ??= new V1CertificateSigningRequestStatus();
        request.Status.Conditions =
        [
            .. request.Status.Conditions ?? [],
            new V1CertificateSigningRequestCondition
            {
                Type = condition,
                Status = "True",
                Reason = reason,
                Message = message,
                LastUpdateTime = now,
                LastTransitionTime = now,
            },
        ];
    }
}
