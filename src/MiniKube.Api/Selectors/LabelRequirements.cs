using System.Globalization;

namespace MiniKube.Api;

/// <summary>What a requirement of a parsed selector must meet; failures are worded like Kubernetes'.</summary>
internal static class LabelRequirements
{
    public static void CheckKey(string key)
    {
        var problems = Names.CheckQualifiedName(key);
        if (problems.Count > 0)
        {
            // Kubernetes prints its missing path here, and people search for these messages.
            throw Unable($"<nil>: Invalid value: \"{key}\": {string.Join("; ", problems)}");
        }
    }

    public static LabelRequirement Checked(LabelRequirement requirement)
    {
        if (requirement.Values.IsEmpty)
        {
            throw Unable("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
        }

        if (requirement.Operator is SelectorOperator.Gt or SelectorOperator.Lt
            && !long.TryParse(requirement.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw Unable(
                $"values[0]: Invalid value: \"{requirement.Values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer");
        }

        for (var index = 0; index < requirement.Values.Length; index++)
        {
            var problems = Names.CheckLabelValue(requirement.Values[index]);
            if (problems.Count > 0)
            {
                throw Unable($"values[{index}][{requirement.Key}]: Invalid value: \"{requirement.Values[index]}\": "
                    + string.Join("; ", problems));
            }
        }

        return requirement;
    }

    private static FormatException Unable(string why) => new($"unable to parse requirement: {why}");
}
