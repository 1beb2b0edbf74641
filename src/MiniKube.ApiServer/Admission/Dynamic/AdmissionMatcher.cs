using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Which requests a webhook or policy is about, ready to be asked. Immutable.</summary>
internal sealed class AdmissionMatcher
{
    private const string All = "*";

    private readonly IReadOnlyList<OperationRule> _rules;
    private readonly IReadOnlyList<OperationRule> _excluded;
    private readonly LabelSelector _namespaces;
    private readonly LabelSelector _objects;
    private readonly bool _matchesEquivalent;

    public AdmissionMatcher(
        IReadOnlyList<OperationRule> rules,
        IReadOnlyList<OperationRule> excluded,
        string? matchPolicy,
        V1LabelSelector? namespaces,
        V1LabelSelector? objects)
    {
        _rules = rules;
        _excluded = excluded;
        _matchesEquivalent = matchPolicy != "Exact";
        _namespaces = LabelSelector.Of(namespaces) ?? LabelSelector.Everything;
        _objects = LabelSelector.Of(objects) ?? LabelSelector.Everything;
    }

    /// <summary>The version of the resource the request is to be shown in; null when it is none of its business.</summary>
    public ResourceDefinition? Match(AdmissionSubject subject, ResourceSnapshot kinds)
    {
        if (_excluded.Count > 0 && VersionOf(_excluded, subject, kinds) is not null)
        {
            return null;
        }

        return VersionOf(_rules, subject, kinds) is { } version && MatchesNamespace(subject) && MatchesObject(subject) ? version : null;
    }

    private ResourceDefinition? VersionOf(IReadOnlyList<OperationRule> rules, AdmissionSubject subject, ResourceSnapshot kinds)
    {
        foreach (var rule in rules)
        {
            if (IsAbout(rule, subject, subject.Definition.Gvr))
            {
                return subject.Definition;
            }
        }

        return _matchesEquivalent
            ? rules.SelectMany(rule => VersionConversion.Others(subject.Definition, kinds)
                .Where(other => IsAbout(rule, subject, other.Gvr))).FirstOrDefault()
            : null;
    }

    private static bool IsAbout(OperationRule rule, AdmissionSubject subject, Gvr resource)
        => Has(rule.Groups, resource.Group)
            && Has(rule.Versions, resource.Version)
            && Has(rule.Operations, subject.Operation)
            && rule.Resources.Any(one => IsResource(one, resource.Resource, subject.Subresource))
            && IsScope(rule.Scope, subject)
            && (rule.Names.Count == 0 || rule.Names.Contains(subject.Name));

    private static bool Has(IReadOnlyList<string> words, string word) => words.Contains(All) || words.Contains(word);

    private static bool IsResource(string text, string resource, string subresource)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (name, sub) = slash < 0 ? (text, "") : (text[..slash], text[(slash + 1)..]);
        return (name == All || name == resource) && (sub == All || sub == subresource);
    }

    private static bool IsScope(string? scope, AdmissionSubject subject)
        => scope is null or All || scope == (subject.Definition.Scope == Scope.Cluster ? "Cluster" : "Namespaced");

    // Of a Namespace that is made or changed, its new labels count.
    private bool MatchesNamespace(AdmissionSubject subject)
    {
        if (_namespaces.IsEmpty || subject.Namespace.Length == 0)
        {
            return true;
        }

        var isNew = subject is { Definition: NamespaceResource, Subresource: "", Object: not null };
        return isNew
            ? _namespaces.Matches(LabelsOf(subject.Object))
            : _namespaces.Matches(subject.Objects.Find<V1Namespace>(ObjectKey.Cluster(subject.Namespace))?.Metadata.Labels);
    }

    private bool MatchesObject(AdmissionSubject subject)
        => _objects.IsEmpty || Matches(subject.Object) || Matches(subject.OldObject);

    private bool Matches(JsonObject? item) => item?["metadata"] is JsonObject && _objects.Matches(LabelsOf(item));

    private static IReadOnlyDictionary<string, string> LabelsOf(JsonObject? item)
        => (item?["metadata"]?["labels"] as JsonObject ?? [])
            .ToDictionary(static one => one.Key, static one => JsonKinds.TextOf(one.Value) ?? "");
}
