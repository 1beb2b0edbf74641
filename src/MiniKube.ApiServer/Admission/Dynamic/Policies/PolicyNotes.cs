using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// What validating policies have to say about one request in the audit log: the same note of several bindings becomes one, and so do all
/// failures whose bindings ask for <c>Audit</c>
/// (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#audit-annotations). Not thread-safe.
/// </summary>
internal sealed class PolicyNotes
{
    /// <summary>The annotation with the failures, a JSON list.</summary>
    public const string Failures = "validation.policy.admission.k8s.io/validation_failure";

    // As Kubernetes cuts them.
    private const int ValueLengthMax = 10 * 1024;

    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly JsonArray _failures = [];

    /// <summary>A value of a policy's own annotation.</summary>
    public void Add(string policy, string key, string value)
    {
        var full = $"{policy}/{key}";
        if (!_values.TryGetValue(full, out var values))
        {
            _values[full] = values = [];
        }

        var text = value.Length > ValueLengthMax ? value[..ValueLengthMax] : value;
        if (!values.Contains(text))
        {
            values.Add(text);
        }
    }

    /// <summary>A binding that asks for <c>Audit</c> found something wrong.</summary>
    public void Fail(string policy, string binding, PolicyViolation violation, IEnumerable<string> actions) => _failures.Add(
        (JsonNode)new JsonObject
        {
            ["message"] = violation.Message,
            ["policy"] = policy,
            ["binding"] = binding,
            ["expressionIndex"] = violation.ExpressionIndex,
            ["validationActions"] = new JsonArray([.. actions.Select(static action => (JsonNode)action)]),
        });

    /// <summary>Hands all of it over, once, when every policy was asked.</summary>
    public void Tell(Action<string, string> annotate)
    {
        foreach (var (key, values) in _values)
        {
            annotate(key, string.Join(", ", values));
        }

        if (_failures.Count > 0)
        {
            annotate(Failures, _failures.ToJsonString());
        }
    }
}
