using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>
/// The short name of a pod template: the <c>pod-template-hash</c> label and the end of a replica set's name. The same
/// template and collision count always give the same hash; it is not the number Kubernetes would compute, which nobody
/// may rely on.
/// </summary>
internal static class TemplateHash
{
    public const string Label = "pod-template-hash";

    // Without vowels and look-alikes, so that no hash is a word.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const uint FnvOffset = 2_166_136_261;
    private const uint FnvPrime = 16_777_619;

    public static string Of(V1PodTemplateSpec template, int collisions)
    {
        var hash = FnvOffset;
        foreach (var part in ObjectJson.Encode(template))
        {
            hash = (hash ^ part) * FnvPrime;
        }

        hash = collisions == 0 ? hash : (hash ^ (uint)collisions) * FnvPrime;
        var digits = hash.ToString(CultureInfo.InvariantCulture);
        return string.Concat(digits.Select(static digit => Alphabet[digit % Alphabet.Length]));
    }

    /// <summary>True when pods of both templates would be the same but for the hash label.</summary>
    public static bool IsSame(V1PodTemplateSpec left, V1PodTemplateSpec right)
        => Same.Content(WithoutHash(left), WithoutHash(right));

    private static V1PodTemplateSpec WithoutHash(V1PodTemplateSpec template)
    {
        if (template.Metadata?.Labels?.ContainsKey(Label) != true)
        {
            return template;
        }

        var labels = template.Metadata.Labels.Where(static label => label.Key != Label).ToDictionary();
        return template with { Metadata = template.Metadata with { Labels = labels } };
    }
}
