using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Whether rules give nothing that others do not give already. Pure.</summary>
internal static class RuleCoverage
{
    /// <summary>What of the wanted rules no held one gives, one verb of one resource at a time, in order.</summary>
    public static ImmutableArray<RulePart> Missing(IEnumerable<V1PolicyRule> held, IEnumerable<V1PolicyRule> wanted)
    {
        var rules = held.ToList();
        return [.. wanted.SelectMany(Parts).Distinct().Where(part => !rules.Any(rule => Covers(rule, part)))];
    }

    /// <summary>As Kubernetes shows them: the verbs of one resource together, sorted.</summary>
    public static string Describe(IEnumerable<RulePart> parts)
        => string.Join('\n', parts
            .GroupBy(static part => part with { Verb = "" })
            .Select(static group => Describe(group.Key, group.Select(static part => part.Verb)))
            .Order(StringComparer.Ordinal));

    public static string Quote(IEnumerable<string> words) => $"[{string.Join(' ', words.Select(static word => $"\"{word}\""))}]";

    private static string Describe(RulePart part, IEnumerable<string> verbs)
    {
        var words = new List<string>();
        if (part.Url is not null)
        {
            words.Add($"NonResourceURLs:{Quote([part.Url])}");
        }
        else
        {
            words.Add($"APIGroups:{Quote([part.Group])}");
            words.Add($"Resources:{Quote([part.Resource])}");
        }

        if (part.Name is not null)
        {
            words.Add($"ResourceNames:{Quote([part.Name])}");
        }

        words.Add($"Verbs:{Quote(verbs)}");
        return $"{{{string.Join(", ", words)}}}";
    }

    private static IEnumerable<RulePart> Parts(V1PolicyRule rule)
        => from verb in rule.Verbs ?? []
           from part in UrlParts(rule, verb).Concat(ResourceParts(rule, verb))
           select part;

    private static IEnumerable<RulePart> UrlParts(V1PolicyRule rule, string verb)
        => (rule.NonResourceURLs ?? []).Select(url => new RulePart(verb, "", "", null, url));

    private static IEnumerable<RulePart> ResourceParts(V1PolicyRule rule, string verb)
        => from one in rule.ApiGroups ?? []
           from resource in rule.Resources ?? []
           from name in rule.ResourceNames is { Count: > 0 } names ? names : [null!]
           select new RulePart(verb, one, resource, name, null);

    private static bool Covers(V1PolicyRule rule, RulePart part)
        => Has(rule.Verbs, part.Verb) && (part.Url is { } url ? CoversUrl(rule, url) : CoversResource(rule, part));

    private static bool CoversUrl(V1PolicyRule rule, string url)
        => rule.NonResourceURLs?.Any(one => one == url
            || (one.EndsWith('*') && url.StartsWith(one[..^1], StringComparison.Ordinal))) == true;

    private static bool CoversResource(V1PolicyRule rule, RulePart part)
    {
        var slash = part.Resource.IndexOf('/', StringComparison.Ordinal);
        var hasResource = Has(rule.Resources, part.Resource)
            || (slash >= 0 && rule.Resources?.Contains($"*{part.Resource[slash..]}") == true);
        var hasName = rule.ResourceNames is not { Count: > 0 } names || (part.Name is not null && names.Contains(part.Name));
        return hasResource && hasName && Has(rule.ApiGroups, part.Group);
    }

    private static bool Has(IList<string>? words, string word) => words is not null && (words.Contains("*") || words.Contains(word));
}

/// <summary>The smallest thing a rule gives: one verb, of one resource or one path.</summary>
internal sealed record RulePart(string Verb, string Group, string Resource, string? Name, string? Url);
