using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a definition's names come to: which it has from now on, and what is to be said about it.</summary>
internal sealed record NamePlan(V1CustomResourceDefinitionNames Names, string Reason, string Message)
{
    public bool IsAccepted => Reason == NamePlanner.NoConflicts;
}

/// <summary>
/// Decides which names a CustomResourceDefinition gets: in a group nobody takes a name that another definition has. Pure.
/// https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
/// </summary>
internal static class NamePlanner
{
    public const string NoConflicts = "NoConflicts";
    public const string NamesAccepted = "NamesAccepted";
    public const string Established = "Established";
    public const string Terminating = "Terminating";

    public static bool IsEstablished(V1CustomResourceDefinition item)
        => item.Status?.Conditions?.Any(static one => one is { Type: Established, Status: "True" }) == true;

    /// <param name="item">Whose names are asked for.</param>
    /// <param name="others">Every other definition.</param>
    /// <param name="builtIn">The kinds that are always there.</param>
    public static NamePlan Plan(
        V1CustomResourceDefinition item,
        IEnumerable<V1CustomResourceDefinition> others,
        ImmutableArray<ResourceDefinition> builtIn)
    {
        var group = item.Spec.Group;
        var neighbours = others.Where(one => one.Spec.Group == group && one.Metadata.Uid != item.Metadata.Uid)
            .Select(static one => one.Status?.AcceptedNames).OfType<V1CustomResourceDefinitionNames>().ToList();
        var natives = builtIn.Where(one => one.Gvr.Group == group).ToList();
        var resources = neighbours.SelectMany(ResourceNames)
            .Concat(natives.SelectMany(static one => one.ShortNames.Append(one.Singular).Append(one.Gvr.Resource)))
            .ToHashSet(StringComparer.Ordinal);
        var kinds = neighbours.SelectMany(static one => (string?[])[one.Kind, one.ListKind])
            .Concat(natives.SelectMany(static one => (string?[])[one.Gvk.Kind, one.ListKind])).ToHashSet(StringComparer.Ordinal);
        return Decide(item.Spec.Names, item.Status?.AcceptedNames ?? new V1CustomResourceDefinitionNames(), resources, kinds);
    }

    // What is taken stays as it was before; the rest is accepted all the same.
    private static NamePlan Decide(
        V1CustomResourceDefinitionNames wanted,
        V1CustomResourceDefinitionNames before,
        HashSet<string> resources,
        HashSet<string?> kinds)
    {
        var accepted = ObjectJson.Copy(wanted);
        var conflicts = new List<(string Reason, string Message)>();
        void Check(string? name, bool isTaken, string reason, Action keep)
        {
            if (!string.IsNullOrEmpty(name) && isTaken)
            {
                conflicts.Add((reason, $"\"{name}\" is already in use"));
                keep();
            }
        }

        Check(wanted.Plural, resources.Contains(wanted.Plural), "PluralConflict", () => accepted.Plural = before.Plural ?? "");
        Check(wanted.Singular, resources.Contains(wanted.Singular ?? ""), "SingularConflict", () => accepted.Singular = before.Singular);
        var taken = (wanted.ShortNames ?? []).Where(resources.Contains).ToList();
        if (taken.Count > 0)
        {
            conflicts.Add(("ShortNamesConflict", string.Join(", ", taken.Select(static one => $"\"{one}\" is already in use"))));
            accepted.ShortNames = before.ShortNames;
        }

        Check(wanted.Kind, kinds.Contains(wanted.Kind), "KindConflict", () => accepted.Kind = before.Kind ?? "");
        Check(wanted.ListKind, kinds.Contains(wanted.ListKind), "ListKindConflict", () => accepted.ListKind = before.ListKind);
        return conflicts.Count == 0
            ? new NamePlan(accepted, NoConflicts, "no conflicts found")
            : new NamePlan(accepted, conflicts[^1].Reason, string.Join("; ", conflicts.Select(static one => one.Message)));
    }

    private static IEnumerable<string> ResourceNames(V1CustomResourceDefinitionNames names)
        => ((IEnumerable<string?>)[names.Plural, names.Singular, .. names.ShortNames ?? []])
            .Where(static name => !string.IsNullOrEmpty(name)).OfType<string>();
}
