using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What may change in a pod that exists: very little, since its containers are already made.</summary>
internal static class PodUpdateRules
{
    private const string Allowed =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Validate(V1Pod pod, V1Pod old, FieldErrors errors)
    {
        // A status update carries the old specification itself.
        if (ReferenceEquals(pod.Spec, old.Spec))
        {
            return;
        }

        if (pod.Spec.Containers?.Count != old.Spec.Containers?.Count)
        {
            errors.Forbidden("spec.containers", "pod updates may not add or remove containers");
            return;
        }

        if ((pod.Spec.InitContainers?.Count ?? 0) != (old.Spec.InitContainers?.Count ?? 0))
        {
            errors.Forbidden("spec.initContainers", "pod updates may not add or remove containers");
            return;
        }

        ValidateDeadline(pod.Spec, old.Spec, errors);
        ValidateTolerations(pod.Spec.Tolerations ?? [], old.Spec.Tolerations ?? [], errors);
        ValidateGates(pod.Spec, old.Spec, errors);
        ValidateRest(pod.Spec, old.Spec, errors);
    }

    private static void ValidateDeadline(V1PodSpec spec, V1PodSpec old, FieldErrors errors)
    {
        if (old.ActiveDeadlineSeconds is not { } before)
        {
            return;
        }

        if (spec.ActiveDeadlineSeconds is not { } now)
        {
            errors.Invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value");
        }
        else if (now > before)
        {
            errors.Invalid("spec.activeDeadlineSeconds", now, "must be less than or equal to previous value");
        }
    }

    private static void ValidateTolerations(IList<V1Toleration> tolerations, IList<V1Toleration> old, FieldErrors errors)
    {
        var kept = tolerations.Select(Identity).ToHashSet();
        if (!old.All(one => kept.Contains(Identity(one))))
        {
            errors.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    private static (string?, string?, string?, string?) Identity(V1Toleration toleration)
        => (toleration.Key, toleration.OperatorProperty, toleration.Value, toleration.Effect);

    private static void ValidateGates(V1PodSpec spec, V1PodSpec old, FieldErrors errors)
    {
        var known = (old.SchedulingGates ?? []).Select(gate => gate.Name).ToHashSet();
        foreach (var gate in (spec.SchedulingGates ?? []).Where(gate => !known.Contains(gate.Name)))
        {
            errors.Forbidden("spec.schedulingGates", $"only deletion is allowed, but found new scheduling gate '{gate.Name}'");
        }
    }

    private static void ValidateRest(V1PodSpec spec, V1PodSpec old, FieldErrors errors)
    {
        var rest = ObjectJson.Copy(spec);
        KeepImages(rest.Containers, old.Containers);
        KeepImages(rest.InitContainers, old.InitContainers);
        rest.ActiveDeadlineSeconds = old.ActiveDeadlineSeconds;
        rest.Tolerations = old.Tolerations;
        rest.SchedulingGates = old.SchedulingGates;
        if (old.TerminationGracePeriodSeconds < 0 && rest.TerminationGracePeriodSeconds == 1)
        {
            rest.TerminationGracePeriodSeconds = old.TerminationGracePeriodSeconds;
        }

        var changed = JsonChanges.Between(old, rest, "spec");
        if (changed.Count > 0)
        {
            errors.Forbidden("spec", $"{Allowed}; changed: {string.Join(", ", changed)}");
        }
    }

    private static void KeepImages(IList<V1Container>? containers, IList<V1Container>? old)
    {
        for (var index = 0; index < (containers?.Count ?? 0); index++)
        {
            containers![index].Image = old![index].Image;
        }
    }
}
