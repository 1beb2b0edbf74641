using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The pods of a daemon set: each is for one node, which the scheduler is told by affinity, and puts up with what is
/// wrong with a node. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
/// </summary>
internal static class DaemonPods
{
    public const string HashLabel = "controller-revision-hash";

    private const string NameField = "metadata.name";

    private static readonly ImmutableArray<(string Key, string Effect)> Tolerated =
    [
        (NodeTaints.NotReady, "NoExecute"),
        (NodeTaints.Unreachable, "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>The node a pod is on or, before it is bound, meant for.</summary>
    public static string? NodeOf(V1Pod pod)
        => !string.IsNullOrEmpty(pod.Spec.NodeName)
            ? pod.Spec.NodeName
            : pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms?
                .SelectMany(static term => term.MatchFields ?? [])
                .FirstOrDefault(static field => field is { Key: NameField, OperatorProperty: "In", Values.Count: 1 })?.Values[0];

    public static string? HashOf(V1Pod pod)
        => pod.Metadata.Labels is { } labels && labels.TryGetValue(HashLabel, out var hash) ? hash : null;

    public static V1Pod Make(V1DaemonSet set, string node, string hash)
    {
        var template = set.Spec.Template;
        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                GenerateName = $"{set.Metadata.Name}-",
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>())
                {
                    [HashLabel] = hash,
                },
                Annotations = template.Metadata?.Annotations,
                Finalizers = template.Metadata?.Finalizers,
                OwnerReferences = [ObjectType<V1DaemonSet>.ControllerRefTo(set)],
            },
            Spec = template.Spec with { Tolerations = TolerationsOf(template.Spec), Affinity = For(node, template.Spec.Affinity) },
        };
    }

    /// <summary>The template's tolerations and those every daemon pod has.</summary>
    public static List<V1Toleration> TolerationsOf(V1PodSpec spec)
    {
        var all = spec.HostNetwork == true
            ? Tolerated.Add(("node.kubernetes.io/network-unavailable", "NoSchedule"))
            : Tolerated;
        var added = all.Select(static one => new V1Toleration { Key = one.Key, OperatorProperty = "Exists", Effect = one.Effect });
        return [.. spec.Tolerations ?? [], .. added.Where(one => spec.Tolerations?.Any(given => IsSame(given, one)) != true)];
    }

    // The controller has checked the template's own node affinity; what is left to say is the node.
    private static V1Affinity For(string node, V1Affinity? given)
    {
        var term = new V1NodeSelectorTerm
        {
            MatchFields = [new V1NodeSelectorRequirement { Key = NameField, OperatorProperty = "In", Values = [node] }],
        };
        var affinity = given ?? new V1Affinity();
        return affinity with
        {
            NodeAffinity = (affinity.NodeAffinity ?? new V1NodeAffinity()) with
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [term] },
            },
        };
    }

    private static bool IsSame(V1Toleration left, V1Toleration right)
        => left.Key == right.Key && left.OperatorProperty == right.OperatorProperty && left.Effect == right.Effect
            && string.IsNullOrEmpty(left.Value) && left.TolerationSeconds is null;
}
