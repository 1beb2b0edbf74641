using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Which requests a webhook or policy is about, as it is declared.</summary>
/// <param name="Groups">API groups, or <c>*</c>.</param>
/// <param name="Versions">API versions, or <c>*</c>.</param>
/// <param name="Resources"><c>pods</c>, <c>pods/status</c>, <c>pods/*</c>, <c>*</c>, <c>*/scale</c>, <c>*/*</c>.</param>
/// <param name="Operations"><c>CREATE</c>, <c>UPDATE</c>, <c>DELETE</c>, <c>CONNECT</c>, <c>*</c>.</param>
/// <param name="Scope"><c>Cluster</c>, <c>Namespaced</c>, <c>*</c>; null is <c>*</c>.</param>
/// <param name="Names">Names of objects; empty for all.</param>
internal sealed record OperationRule(
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Operations,
    string? Scope,
    IReadOnlyList<string> Names)
{
    public static OperationRule Of(V1RuleWithOperations rule) => new(
        [.. rule.ApiGroups ?? []],
        [.. rule.ApiVersions ?? []],
        [.. rule.Resources ?? []],
        [.. rule.Operations ?? []],
        rule.Scope,
        []);

    public static OperationRule Of(V1NamedRuleWithOperations rule) => new(
        [.. rule.ApiGroups ?? []],
        [.. rule.ApiVersions ?? []],
        [.. rule.Resources ?? []],
        [.. rule.Operations ?? []],
        rule.Scope,
        [.. rule.ResourceNames ?? []]);
}
