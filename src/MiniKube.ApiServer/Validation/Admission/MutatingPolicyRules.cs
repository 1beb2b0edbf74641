using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>The rules of mutating policies. Pure.</summary>
internal static class MutatingPolicyRules
{
    private const string Patch = "JSONPatch";
    private const string Apply = "ApplyConfiguration";

    private static readonly string[] Operations = ["*", "CONNECT", "CREATE", "UPDATE"];
    private static readonly string[] ReinvocationPolicies = ["IfNeeded", "Never"];

    public static void Validate(V1MutatingAdmissionPolicySpec spec, FieldErrors errors)
    {
        var variables = AdmissionVariables.Of(spec.ParamKind is not null, mutates: true);
        PolicyRules.ValidateFailurePolicy(spec.FailurePolicy, errors);
        PolicyRules.ValidateParamKind(spec.ParamKind, errors);
        PolicyRules.ValidateConstraints(spec.MatchConstraints, errors);
        ValidateOperations(spec.MatchConstraints, "spec.matchConstraints", errors);
        AdmissionExpressionRules.ValidateConditions([.. spec.MatchConditions ?? []], variables, "spec.matchConditions", errors);
        PolicyRules.ValidateVariables([.. spec.Variables ?? []], variables, errors);
        var own = AdmissionVariables.Own((spec.Variables ?? []).Select(static one => one.Name ?? ""));
        var mutations = spec.Mutations ?? [];
        if (mutations.Count == 0)
        {
            errors.Required("spec.mutations", "mutations must contain at least one item");
        }

        for (var index = 0; index < mutations.Count; index++)
        {
            ValidateOne(mutations[index], variables, own, $"spec.mutations[{index}]", errors);
        }

        errors.OneOf("spec.reinvocationPolicy", spec.ReinvocationPolicy, ReinvocationPolicies);
    }

    /// <summary>What is deleted cannot be changed.</summary>
    public static void ValidateOperations(V1MatchResources? resources, string path, FieldErrors errors)
    {
        foreach (var operation in (resources?.ResourceRules ?? []).SelectMany(static rule => rule.Operations ?? []))
        {
            WebhookRules.ValidateWord(operation, Operations, $"{path}.resourceRules.operations", errors);
        }
    }

    private static void ValidateOne(
        V1Mutation mutation, AdmissionVariables variables, CelShape own, string path, FieldErrors errors)
    {
        switch (mutation.PatchType)
        {
            case Patch:
                Check(mutation.JsonPatch is not null, mutation.JsonPatch?.Expression, Patch, "jsonPatch");
                Refuse(mutation.ApplyConfiguration is not null, "applyConfiguration", Patch);
                break;
            case Apply:
                Check(mutation.ApplyConfiguration is not null, mutation.ApplyConfiguration?.Expression, Apply, "applyConfiguration");
                Refuse(mutation.JsonPatch is not null, "jsonPatch", Apply);
                break;
            default:
                errors.OneOf($"{path}.patchType", mutation.PatchType, Apply, Patch);
                break;
        }

        void Check(bool isThere, string? expression, string type, string field)
        {
            if (!isThere)
            {
                errors.Required($"{path}.{field}", $"must be specified when patchType is {type}");
            }
            else if (string.IsNullOrWhiteSpace(expression))
            {
                errors.Required($"{path}.{field}.expression");
            }
            else
            {
                AdmissionExpressionRules.Check(expression.Trim(), variables, own, [], $"{path}.{field}.expression", errors);
            }
        }

        void Refuse(bool isThere, string field, string type)
        {
            if (isThere)
            {
                errors.Invalid($"{path}.{field}", $"{{{field}}}", $"must not be specified when patchType is {type}");
            }
        }
    }
}
