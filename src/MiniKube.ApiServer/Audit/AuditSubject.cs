namespace MiniKube.ApiServer;

/// <summary>What rules of a policy look at.</summary>
/// <param name="User">Who asks; for impersonation, who is impersonated.</param>
/// <param name="Verb">In lower case.</param>
/// <param name="Request">The resource request; null for other paths.</param>
/// <param name="Path">The path of the URL.</param>
internal readonly record struct AuditSubject(UserInfo User, string Verb, ResourceRequest? Request, string Path);

/// <summary>What the policy says about a request.</summary>
/// <param name="Level">How much.</param>
/// <param name="Omitted">Stages that are not told.</param>
/// <param name="OmitManagedFields">True leaves managedFields out of objects.</param>
internal sealed record AuditVerdict(AuditLevel Level, IReadOnlySet<AuditStage> Omitted, bool OmitManagedFields)
{
    public static AuditVerdict None { get; } = new(AuditLevel.None, new HashSet<AuditStage>(), OmitManagedFields: false);
}
