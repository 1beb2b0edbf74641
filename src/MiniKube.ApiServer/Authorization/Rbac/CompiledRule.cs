using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>A rule of a role in the form questions are answered from. Immutable; matching allocates nothing.</summary>
internal sealed class CompiledRule(V1PolicyRule rule)
{
    private const string Any = "*";

    private readonly ImmutableArray<string> _verbs = [.. rule.Verbs ?? []];
    private readonly ImmutableArray<string> _groups = [.. rule.ApiGroups ?? []];
    private readonly ImmutableArray<string> _names = [.. rule.ResourceNames ?? []];
    private readonly ImmutableArray<string> _urls = [.. rule.NonResourceURLs ?? []];
    private readonly ImmutableArray<(string Resource, string Subresource)> _resources = [.. (rule.Resources ?? []).Select(Split)];

    /// <summary>The rule as it is stored; shared and read-only.</summary>
    public V1PolicyRule Source => rule;

    public bool Allows(string verb, string group, string resource, string subresource, string name)
        => Has(_verbs, verb) && Has(_groups, group) && HasResource(resource, subresource)
            && (_names.IsEmpty || (name.Length > 0 && _names.Contains(name)));

    public bool AllowsPath(string verb, string path) => Has(_verbs, verb) && HasPath(path);

    private bool HasResource(string resource, string subresource)
    {
        foreach (var (one, part) in _resources)
        {
            var matchesAll = one == Any && part.Length == 0;
            if (matchesAll || (part == subresource && (one == resource || one == Any)))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasPath(string path)
    {
        foreach (var url in _urls)
        {
            if (url == path || (url.EndsWith('*') && path.AsSpan().StartsWith(url.AsSpan(0, url.Length - 1))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(ImmutableArray<string> words, string word) => words.Contains(Any) || words.Contains(word);

    private static (string Resource, string Subresource) Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (text, "") : (text[..slash], text[(slash + 1)..]);
    }
}
