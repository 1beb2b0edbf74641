using System.Collections.Immutable;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>The admission rules this server has.</summary>
internal static class AdmissionCatalog
{
    /// <summary>Every rule, in the order they are asked.</summary>
    public static AdmissionRules Create(
        ApiServerOptions options,
        IResourceStore store,
        RbacEscalation escalation,
        Authorizer authorizer,
        Func<IdentityParts> identities,
        TimeProvider time,
        Random random) => new(
        [
            new NamespaceAdmission(),
            new ServiceAccountAdmission(new NameGenerator(random)),
            new TokenSecretAdmission(identities),
            new PodDefaultsAdmission(options.LostNodePatience),
            new RuntimeClassAdmission(),
            new DefaultClassAdmission(),
            new LimitRanger(),
            new StorageProtection(),
            new NodeRestriction(),
            new CertificateRequestAdmission(),
        ],
        [
            new PodSecurityAdmission(),
            new ServiceAdmission(options, time),
            new SignerPermissions(authorizer),
            escalation,
        ],
        [
            // Last: what it holds should wait for no other rule.
            new QuotaAdmission(store),
        ]);
}

/// <summary>The server's own rules about writes.</summary>
/// <param name="Changing">May change objects; asked again when webhooks or policies have.</param>
/// <param name="Final">Asked once, about the object as it will be.</param>
/// <param name="Last">Asked when the object is valid and all others agree.</param>
internal sealed record AdmissionRules(
    ImmutableArray<IAdmission> Changing, ImmutableArray<IAdmission> Final, ImmutableArray<IAdmission> Last);
