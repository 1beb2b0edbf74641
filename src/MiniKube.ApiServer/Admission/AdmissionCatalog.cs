using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>The admission rules this server has.</summary>
internal static class AdmissionCatalog
{
    /// <summary>Every rule, in the order they are asked.</summary>
    public static ImmutableArray<IAdmission> Create(
        ApiServerOptions options, RbacEscalation escalation, Func<IdentityParts> identities, TimeProvider time, Random random) =>
    [
        new NamespaceAdmission(),
        new ServiceAccountAdmission(new NameGenerator(random)),
        new TokenSecretAdmission(identities),
        new PodDefaultsAdmission(options.LostNodePatience),
        new NodeRestriction(),
        new ServiceAdmission(options, time),
        new CertificateRequestAdmission(),
        escalation,
    ];
}
