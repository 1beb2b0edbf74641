using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// What validating and mutating policies have in common: which requests they are about, their conditions and their variables, compiled.
/// Immutable.
/// </summary>
internal sealed class PolicyCore
{
    // Questions about permissions: a policy that refuses them would stop the cluster.
    private static readonly FrozenSet<string> Excluded = FrozenSet.Create(
        "authentication.k8s.io/selfsubjectreviews",
        "authentication.k8s.io/tokenreviews",
        "authorization.k8s.io/localsubjectaccessreviews",
        "authorization.k8s.io/selfsubjectaccessreviews",
        "authorization.k8s.io/selfsubjectrulesreviews",
        "authorization.k8s.io/subjectaccessreviews",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings");

    private readonly AdmissionMatcher _matcher;
    private readonly MatchConditions _conditions;
    private readonly V1ParamKind? _paramKind;
    private readonly ImmutableArray<(string Name, AdmissionExpression Expression)> _own;
    private readonly ImmutableArray<string> _names;

    public PolicyCore(
        string name,
        string? failurePolicy,
        V1MatchResources? constraints,
        IEnumerable<V1MatchCondition>? conditions,
        IEnumerable<V1Variable>? own,
        V1ParamKind? paramKind,
        bool mutates)
    {
        Name = name;
        FailsOpen = failurePolicy == "Ignore";
        _paramKind = paramKind;
        Variables = AdmissionVariables.Of(paramKind is not null, mutates);
        _matcher = MatcherOf(constraints);
        _conditions = new MatchConditions(conditions ?? [], Variables);
        _own = [.. (own ?? []).Select(one => (one.Name, new AdmissionExpression(one.Expression, Variables)))];
        _names = [.. _own.Select(static one => one.Name)];
    }

    public string Name { get; }

    public bool FailsOpen { get; }

    /// <summary>What its expressions may name.</summary>
    public AdmissionVariables Variables { get; }

    public static AdmissionMatcher MatcherOf(V1MatchResources? resources) => new(
        [.. (resources?.ResourceRules ?? []).Select(OperationRule.Of)],
        [.. (resources?.ExcludeResourceRules ?? []).Select(OperationRule.Of)],
        resources?.MatchPolicy,
        resources?.NamespaceSelector,
        resources?.ObjectSelector);

    /// <summary>
    /// What is to be evaluated: once for each set of parameters whose conditions hold. Empty when it is none of its business.
    /// </summary>
    /// <exception cref="PolicyProblemException">That cannot be said.</exception>
    /// <exception cref="ApiException">An object could not be converted.</exception>
    public async ValueTask<IReadOnlyList<PolicyRun>> RunsAsync(
        AdmissionSubject subject, BindingCore binding, ResourceSnapshot kinds, CancellationToken cancellationToken)
    {
        var resource = subject.Definition.Gvr;
        if (Excluded.Contains($"{resource.Group}/{resource.Resource}")
            || _matcher.Match(subject, kinds) is not { } version || !binding.Concerns(subject, kinds))
        {
            return [];
        }

        var view = await subject.ViewAsync(version, cancellationToken);
        var runs = new List<PolicyRun>();
        foreach (var parameters in await PolicyParameters.FindAsync(_paramKind, binding.Parameters, subject, kinds, cancellationToken))
        {
            var run = RunOf(subject, view, parameters, new CelBudget(CelBudget.PerRequest), cancellationToken);
            switch (_conditions.Evaluate(_ => run.Values, out var problem, cancellationToken))
            {
                case true:
                    runs.Add(run);
                    break;
                case null:
                    throw new PolicyProblemException(problem);
            }
        }

        return runs;
    }

    /// <summary>The same evaluation after the object was changed; what was spent is spent.</summary>
    public async ValueTask<PolicyRun> AgainAsync(PolicyRun run, AdmissionSubject subject, CancellationToken cancellationToken)
    {
        var view = await subject.ViewAsync(run.View.Version, cancellationToken);
        return RunOf(subject, view, run.Parameters, run.Budget, cancellationToken);
    }

    private PolicyRun RunOf(
        AdmissionSubject subject,
        AdmissionView view,
        JsonObject? parameters,
        CelBudget budget,
        CancellationToken cancellationToken)
    {
        object?[] values = [];
        var own = new CelNamedValues(_names, name => Evaluate(name, values, budget, cancellationToken));
        values = subject.ValuesOf(view).Of(Variables.Count, own, parameters);
        return new PolicyRun(view, values, budget, parameters);
    }

    private CelResult Evaluate(string name, object?[] values, CelBudget budget, CancellationToken cancellationToken)
        => _own.First(one => one.Name == name).Expression.Evaluate(values, budget, cancellationToken);
}

/// <summary>One evaluation of a policy.</summary>
/// <param name="View">The objects, in the version its rules name.</param>
/// <param name="Values">What its expressions may name.</param>
/// <param name="Budget">What they may cost together.</param>
/// <param name="Parameters">Null for none.</param>
internal sealed record PolicyRun(AdmissionView View, object?[] Values, CelBudget Budget, JsonObject? Parameters);

/// <summary>What bindings of both kinds of policy have in common.</summary>
internal sealed class BindingCore(string name, V1MatchResources? resources, V1ParamRef? parameters)
{
    private readonly AdmissionMatcher? _matcher = resources is null ? null : PolicyCore.MatcherOf(WithRules(resources));

    public string Name { get; } = name;

    public V1ParamRef? Parameters { get; } = parameters;

    /// <summary>False for what the binding leaves out of the policy's requests.</summary>
    public bool Concerns(AdmissionSubject subject, ResourceSnapshot kinds)
        => _matcher is null || _matcher.Match(subject, kinds) is not null;

    // A binding without rules is about everything its policy is about.
    private static V1MatchResources WithRules(V1MatchResources resources) => resources.ResourceRules is { Count: > 0 }
        ? resources
        : new V1MatchResources
        {
            ResourceRules =
            [
                new V1NamedRuleWithOperations { ApiGroups = ["*"], ApiVersions = ["*"], Resources = ["*/*"], Operations = ["*"] },
            ],
            ExcludeResourceRules = resources.ExcludeResourceRules,
            MatchPolicy = resources.MatchPolicy,
            NamespaceSelector = resources.NamespaceSelector,
            ObjectSelector = resources.ObjectSelector,
        };
}
