using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>The admission rules this server has.</summary>
internal static class AdmissionCatalog
{
    /// <summary>Every rule, in the order they are asked.</summary>
    public static ImmutableArray<IAdmission> Create(ApiServerOptions options, RbacEscalation escalation, TimeProvider time) =>
    [
        new NamespaceAdmission(),
        new PodDefaultsAdmission(options.LostNodePatience),
        new NodeRestriction(),
        new ServiceAdmission(options, time),
        new CertificateRequestAdmission(),
        escalation,
    ];
}
