using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Holds new pods against the standards their namespace's labels name: refuses, or warns; workloads whose pods would be refused are
/// warned about, and so is a namespace whose new labels its pods do not meet.
/// https://kubernetes.io/docs/concepts/security/pod-security-admission/
/// </summary>
internal sealed class PodSecurityAdmission : IAdmission
{
    // As kube-apiserver's: a namespace may have many pods, and a warning must be short.
    private const int PodsMax = 3_000;

    public string Name => "PodSecurity";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        switch (request)
        {
            case { Operation: Verb.Create, Subresource: "", Object: V1Pod pod }:
                AdmitPod(pod, request);
                break;
            case { Operation: Verb.Create or Verb.Update, Subresource: "", Object: V1Namespace space }:
                AdmitNamespace(space, request);
                break;
            case { Operation: Verb.Create or Verb.Update, Subresource: "", Object: { } item }
                when PodTemplates.Of(item) is { Spec: not null } template:
                AdmitTemplate(new PodUnderTest(template.Spec, template.Metadata?.Annotations), request);
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static PodSecurityLabels LabelsOf(AdmissionRequest request)
        => PodSecurityLabels.Of(
            request.Objects.Find<V1Namespace>(ObjectKey.Cluster(request.Key.Namespace))?.Metadata.Labels);

    private static void AdmitTemplate(PodUnderTest template, AdmissionRequest request)
    {
        var labels = LabelsOf(request);
        Warn(request, template, labels.Warn);
        Audit(request, template, labels.Audit);
    }

    private static void AdmitPod(V1Pod pod, AdmissionRequest request)
    {
        var labels = LabelsOf(request);
        var tested = new PodUnderTest(pod.Spec, pod.Metadata.Annotations);
        request.Annotate("pod-security.kubernetes.io/enforce-policy", labels.Enforce.ToString());
        Audit(request, tested, labels.Audit);
        var violations = PodSecurityRules.Violations(labels.Enforce, tested);
        if (violations.Count > 0)
        {
            throw ApiException.Forbidden(request.Definition.Gvr, request.Key.Name, Told("violates", labels.Enforce, violations));
        }

        if (labels.Warn != labels.Enforce)
        {
            Warn(request, tested, labels.Warn);
        }
    }

    private static void AdmitNamespace(V1Namespace space, AdmissionRequest request)
    {
        var errors = new FieldErrors();
        PodSecurityLabels.Validate(space.Metadata.Labels, errors);
        errors.ThrowIfAny(request.Definition.Gvk, request.Key.Name);
        var now = PodSecurityLabels.Of(space.Metadata.Labels).Enforce;
        if (request.OldObject is V1Namespace old && now != PodSecurityLabels.Of(old.Metadata.Labels).Enforce)
        {
            WarnOfPods(request, now);
        }
    }

    private static void WarnOfPods(AdmissionRequest request, PodSecurityStandard standard)
    {
        var offenders = request.Objects.List<V1Pod>(request.Key.Name)
            .Take(PodsMax)
            .Select(pod => (pod.Metadata.Name, Reasons: string.Join(", ", PodSecurityRules
                .Violations(standard, new PodUnderTest(pod.Spec, pod.Metadata.Annotations))
                .Select(static one => one.Reason))))
            .Where(static one => one.Reasons.Length > 0)
            .GroupBy(static one => one.Reasons, static one => one.Name)
            .ToList();
        if (offenders.Count == 0)
        {
            return;
        }

        request.Warn($"existing pods in namespace \"{request.Key.Name}\" violate the new PodSecurity enforce level \"{standard}\"");
        foreach (var group in offenders.OrderBy(static one => one.Min(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            var others = group.Count() - 1;
            var more = others switch { 0 => "", 1 => " (and 1 other pod)", _ => $" (and {others} other pods)" };
            request.Warn($"{group.Min(StringComparer.Ordinal)}{more}: {group.Key}");
        }
    }

    private static void Warn(AdmissionRequest request, PodUnderTest pod, PodSecurityStandard standard)
    {
        var violations = PodSecurityRules.Violations(standard, pod);
        if (violations.Count > 0)
        {
            request.Warn(Told("would violate", standard, violations));
        }
    }

    private static void Audit(AdmissionRequest request, PodUnderTest pod, PodSecurityStandard standard)
    {
        var violations = PodSecurityRules.Violations(standard, pod);
        if (violations.Count > 0)
        {
            request.Annotate("pod-security.kubernetes.io/audit-violations", Told("would violate", standard, violations));
        }
    }

    private static string Told(string verb, PodSecurityStandard standard, IReadOnlyList<PodSecurityViolation> violations)
        => $"{verb} PodSecurity \"{standard}\": {string.Join(", ", violations)}";
}
