using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How <c>kubectl get csr</c> words a request.</summary>
internal static class CertificateRequestTexts
{
    public static string Duration(V1CertificateSigningRequest request)
        => request.Spec?.ExpirationSeconds is { } seconds
            ? HumanDuration.Format(TimeSpan.FromSeconds(seconds))
            : "<none>";

    /// <summary><c>Pending</c>, <c>Approved</c>, <c>Denied</c>, each with <c>Failed</c> or <c>Issued</c> behind it.</summary>
    public static string Condition(V1CertificateSigningRequest request)
    {
        var conditions = request.Status?.Conditions ?? [];
        var words = new List<string>();
        words.AddRange(((string[])["Approved", "Denied", "Failed"]).Where(word => conditions.Any(one => one.Type == word)));
        if (words.Count == 0)
        {
            words.Add("Pending");
        }

        if (request.Status?.Certificate is { Length: > 0 })
        {
            words.Add("Issued");
        }

        return string.Join(",", words);
    }
}
