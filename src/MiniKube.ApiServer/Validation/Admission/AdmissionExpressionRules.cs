using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>Expressions of webhooks and policies: they can be compiled and have the wanted type, as far as it is known. Pure.</summary>
internal static class AdmissionExpressionRules
{
    private const int ConditionsMax = 64;

    public static void ValidateConditions(
        IReadOnlyList<V1MatchCondition> conditions, AdmissionVariables variables, string path, FieldErrors errors)
    {
        errors.AtMost(path, conditions.Count, ConditionsMax);
        var names = new HashSet<string>();
        for (var index = 0; index < conditions.Count; index++)
        {
            var (condition, at) = (conditions[index], $"{path}[{index}]");
            if (string.IsNullOrWhiteSpace(condition.Expression))
            {
                errors.Required($"{at}.expression");
            }
            else
            {
                Check(condition.Expression.Trim(), variables, [CelShape.Bool], $"{at}.expression", errors);
            }

            if (string.IsNullOrEmpty(condition.Name))
            {
                errors.Required($"{at}.name");
                continue;
            }

            errors.Invalid($"{at}.name", condition.Name, Names.CheckQualifiedName(condition.Name));
            if (!names.Add(condition.Name))
            {
                errors.Duplicate($"{at}.name", condition.Name);
            }
        }
    }

    /// <summary>Says what is wrong with an expression; nothing where its type is only known once it runs.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="variables">What it may name.</param>
    /// <param name="wanted">What its value may be; empty for anything.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="errors">Gets the problem.</param>
    public static void Check(
        string expression, AdmissionVariables variables, CelShape[] wanted, string path, FieldErrors errors)
        => Check(expression, variables, CelShape.Dynamic, wanted, path, errors);

    /// <param name="expression">The text.</param>
    /// <param name="variables">What it may name.</param>
    /// <param name="own">The policy's own variables.</param>
    /// <param name="wanted">What its value may be; empty for anything.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="errors">Gets the problem.</param>
    public static void Check(
        string expression, AdmissionVariables variables, CelShape own, CelShape[] wanted, string path, FieldErrors errors)
    {
        try
        {
            var found = variables.Check(expression, CelShape.Dynamic, own);
            if (wanted.Length > 0 && found != CelShape.Dynamic && wanted.All(one => one.Name != found.Name))
            {
                var types = wanted.Length == 1
                    ? wanted[0].Name
                    : $"one of [{string.Join(' ', wanted.Select(static one => one.Name))}]";
                errors.Invalid(path, expression, $"must evaluate to {types}");
            }
        }
        catch (CelCompileException wrong)
        {
            errors.Invalid(path, expression, wrong.Message);
        }
    }
}
