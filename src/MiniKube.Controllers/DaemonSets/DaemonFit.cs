using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Whether a daemon set's pod belongs on a node.</summary>
/// <param name="ShouldRun">One is to be made there.</param>
/// <param name="MayStay">One that is there may stay: taints that only keep new pods away do not matter to it.</param>
internal readonly record struct DaemonFit(bool ShouldRun, bool MayStay)
{
    public static DaemonFit Of(V1PodSpec spec, V1Node node)
    {
        var isNamed = string.IsNullOrEmpty(spec.NodeName) || spec.NodeName == node.Metadata.Name;
        if (!isNamed || NodeRequirements.Of(spec)?.Match(node.Metadata.Name, LabelsOf(node)) == false)
        {
            return default;
        }

        var tolerations = DaemonPods.TolerationsOf(spec);
        var untolerated = (node.Spec?.Taints ?? [])
            .Where(static taint => taint.Effect is "NoSchedule" or "NoExecute")
            .Where(taint => !tolerations.Any(one => one.Tolerates(taint)))
            .ToList();
        return new DaemonFit(untolerated.Count == 0, untolerated.All(static taint => taint.Effect != "NoExecute"));
    }

    private static IReadOnlyDictionary<string, string> LabelsOf(V1Node node)
        => node.Metadata.Labels?.ToDictionary() ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty;
}
