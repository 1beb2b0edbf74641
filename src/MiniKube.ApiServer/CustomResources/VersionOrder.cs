using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Which version clients prefer: stable ones before betas before alphas, newer before older, other names last and by the alphabet.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
/// </summary>
internal static partial class VersionOrder
{
    public static IEnumerable<V1CustomResourceDefinitionVersion> Of(IEnumerable<V1CustomResourceDefinitionVersion> versions)
        => versions.OrderByDescending(static one => Rank(one.Name)).ThenBy(static one => one.Name, StringComparer.Ordinal);

    private static (int Stage, long Major, long Minor) Rank(string name)
    {
        var match = Form().Match(name);
        if (!match.Success)
        {
            return default;
        }

        var stage = match.Groups[2].Value switch { "" => 3, "beta" => 2, _ => 1 };
        return (stage, Number(match.Groups[1].Value), Number(match.Groups[3].Value));
    }

    private static long Number(string digits)
        => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
