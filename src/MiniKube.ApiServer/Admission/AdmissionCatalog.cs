using System.Collections.Immutable;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>The admission rules this server has.</summary>
internal static class AdmissionCatalog
{
    /// <summary>Every rule, in the order they are asked.</summary>
    public static ImmutableArray<IAdmission> Create(
        ApiServerOptions options,
        IResourceStore store,
        RbacEscalation escalation,
        Func<IdentityParts> identities,
        TimeProvider time,
        Random random) =>
    [
        new NamespaceAdmission(),
        new ServiceAccountAdmission(new NameGenerator(random)),
        new TokenSecretAdmission(identities),
        new PodDefaultsAdmission(options.LostNodePatience),
        new RuntimeClassAdmission(),
        new DefaultClassAdmission(),
        new LimitRanger(),
        new PodSecurityAdmission(),
        new NodeRestriction(),
        new ServiceAdmission(options, time),
        new CertificateRequestAdmission(),
        escalation,
        // Last: what it holds should wait for no other rule.
        new QuotaAdmission(store),
    ];
}
