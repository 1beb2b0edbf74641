using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The identity of a stateful set's pods: a number, and what follows from it.
/// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity
/// </summary>
internal static class StatefulPods
{
    public const string RevisionLabel = "controller-revision-hash";

    private const string NameLabel = "statefulset.kubernetes.io/pod-name";
    private const string IndexLabel = "apps.kubernetes.io/pod-index";

    public static int StartOf(V1StatefulSet set) => set.Spec.Ordinals?.Start ?? 0;

    public static string NameOf(V1StatefulSet set, int ordinal) => $"{set.Metadata.Name}-{Text(ordinal)}";

    /// <summary>The number at the end of the pod's name; null when the name is not one of the set's.</summary>
    public static int? OrdinalOf(V1StatefulSet set, V1Pod pod)
        => pod.Metadata.Name.StartsWith($"{set.Metadata.Name}-", StringComparison.Ordinal)
            && int.TryParse(
                pod.Metadata.Name.AsSpan(set.Metadata.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && NameOf(set, ordinal) == pod.Metadata.Name
                ? ordinal
                : null;

    /// <summary>The name of the revision the pod was made of.</summary>
    public static string? RevisionOf(V1Pod pod)
        => pod.Metadata.Labels is { } labels && labels.TryGetValue(RevisionLabel, out var name) ? name : null;

    public static V1Pod Make(V1StatefulSet set, int ordinal, V1PodTemplateSpec template, string revision)
    {
        var name = NameOf(set, ordinal);
        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>())
                {
                    [RevisionLabel] = revision,
                    [NameLabel] = name,
                    [IndexLabel] = Text(ordinal),
                },
                Annotations = template.Metadata?.Annotations,
                Finalizers = template.Metadata?.Finalizers,
                OwnerReferences = [ObjectType<V1StatefulSet>.ControllerRefTo(set)],
            },
            Spec = template.Spec with { Hostname = name, Subdomain = set.Spec.ServiceName },
        };
    }

    /// <summary>Puts the labels of its identity on a copy of a pod. False when they were there.</summary>
    public static bool Identify(V1StatefulSet set, V1Pod pod)
    {
        if (OrdinalOf(set, pod) is not { } ordinal)
        {
            return false;
        }

        var labels = pod.Metadata.Labels ??= new Dictionary<string, string>();
        var isSame = labels.TryGetValue(NameLabel, out var name) && name == pod.Metadata.Name
            && labels.TryGetValue(IndexLabel, out var index) && index == Text(ordinal);
        labels[NameLabel] = pod.Metadata.Name;
        labels[IndexLabel] = Text(ordinal);
        return !isSame;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
