using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Topology spread constraints.</summary>
internal static class SpreadRules
{
    public static void Validate(IList<V1TopologySpreadConstraint> constraints, string path, FieldErrors errors)
    {
        var seen = new HashSet<(string?, string?)>();
        for (var index = 0; index < constraints.Count; index++)
        {
            var (constraint, place) = (constraints[index], $"{path}[{index}]");
            if (constraint.MaxSkew <= 0)
            {
                errors.Invalid($"{place}.maxSkew", constraint.MaxSkew, "must be greater than zero");
            }

            errors.Required($"{place}.topologyKey", constraint.TopologyKey, "can not be empty");
            errors.OneOf($"{place}.whenUnsatisfiable", constraint.WhenUnsatisfiable, "DoNotSchedule", "ScheduleAnyway");
            if (!seen.Add((constraint.TopologyKey, constraint.WhenUnsatisfiable)))
            {
                errors.Duplicate(place, $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}");
            }

            SelectorRules.Validate(constraint.LabelSelector, $"{place}.labelSelector", errors);
        }
    }
}
