using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>A mutating policy, compiled. Immutable, thread-safe.</summary>
internal sealed class MutatingPolicy
{
    public MutatingPolicy(V1MutatingAdmissionPolicy policy)
    {
        var spec = policy.Spec;
        Core = new PolicyCore(
            policy.Metadata.Name,
            spec.FailurePolicy,
            spec.MatchConstraints,
            spec.MatchConditions,
            spec.Variables,
            spec.ParamKind,
            mutates: true);
        IsReinvocable = spec.ReinvocationPolicy == "IfNeeded";
        Mutations = [.. (spec.Mutations ?? []).Select(one => one.PatchType == "JSONPatch"
            ? new CompiledMutation(new AdmissionExpression(one.JsonPatch?.Expression ?? "", Core.Variables), IsPatch: true)
            : new CompiledMutation(new AdmissionExpression(one.ApplyConfiguration?.Expression ?? "", Core.Variables), IsPatch: false))];
    }

    public PolicyCore Core { get; }

    public bool IsReinvocable { get; }

    /// <summary>In the order they are applied.</summary>
    public ImmutableArray<CompiledMutation> Mutations { get; }
}

/// <summary>One change of a mutating policy.</summary>
/// <param name="Expression">Gives a list of JSONPatch, or an Object.</param>
/// <param name="IsPatch">Which of the two.</param>
internal sealed record CompiledMutation(AdmissionExpression Expression, bool IsPatch)
{
    /// <summary>What the expression gives.</summary>
    /// <exception cref="PolicyProblemException">It fails, or gives something else.</exception>
    public object Evaluate(PolicyRun run, CancellationToken cancellationToken)
    {
        var result = Expression.Evaluate(run.Values, run.Budget, cancellationToken);
        return (IsPatch, result) switch
        {
            (true, { Error: null, Value: ICelList list }) => list,
            (false, { Error: null, Value: ICelMap map }) => map,
            _ => throw new PolicyProblemException(Expression.Problem(result, IsPatch ? "list(JSONPatch)" : "Object")),
        };
    }
}
