using System.Globalization;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>The rules of <c>x-kubernetes-validations</c>: every expression can be compiled. Pure.</summary>
internal static class ExpressionRules
{
    private const int MessageLengthMax = 2_048;

    private static readonly string[] Reasons =
        ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];

    public static void Validate(V1JSONSchemaProps schema, string path, FieldErrors errors)
        => Part(schema, path, isRoot: true, uncorrelatable: null, errors);

    /// <param name="schema">The part.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="isRoot">True for whole objects.</param>
    /// <param name="uncorrelatable">The list above whose elements cannot be told apart, so that none has a past; null for none.</param>
    /// <param name="errors">Gets the problems.</param>
    private static void Part(V1JSONSchemaProps schema, string path, bool isRoot, string? uncorrelatable, FieldErrors errors)
    {
        var rules = schema.XKubernetesValidations ?? [];
        var self = rules.Count == 0 ? CelShape.Dynamic : CelShapes.Of(SchemaParser.Parse(schema), isRoot);
        for (var index = 0; index < rules.Count; index++)
        {
            One(
                rules[index],
                schema,
                self,
                string.Create(CultureInfo.InvariantCulture, $"{path}.x-kubernetes-validations[{index}]"),
                uncorrelatable,
                errors);
        }

        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        {
            Part(property, $"{path}.properties[{name}]", isRoot: false, uncorrelatable, errors);
        }

        if (SchemaParser.SchemaIn(schema.Items) is { } items)
        {
            Part(items, $"{path}.items", isRoot: false, uncorrelatable ?? (schema.XKubernetesListType == "map" ? null : path), errors);
        }

        if (SchemaParser.SchemaIn(schema.AdditionalProperties) is { } additional)
        {
            Part(additional, $"{path}.additionalProperties", isRoot: false, uncorrelatable, errors);
        }
    }

    private static void One(
        V1ValidationRule rule, V1JSONSchemaProps schema, CelShape self, string path, string? uncorrelatable, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(rule.Rule))
        {
            errors.Required($"{path}.rule", "rule is not specified");
            return;
        }

        var old = rule.OptionalOldSelf == true ? CelShape.Dynamic : self;
        Compile(rule.Rule, $"{path}.rule", self, old, CelShape.Bool, "cel expression must evaluate to a bool", uncorrelatable, errors);
        if (!string.IsNullOrEmpty(rule.MessageExpression))
        {
            const string why = "messageExpression must evaluate to a string";
            Compile(rule.MessageExpression, $"{path}.messageExpression", self, old, CelShape.String, why, uncorrelatable, errors);
        }

        if (rule.Message is { } message)
        {
            Message(message, $"{path}.message", errors);
        }

        if (!string.IsNullOrEmpty(rule.Reason) && !Reasons.Contains(rule.Reason))
        {
            errors.NotSupported($"{path}.reason", rule.Reason, Reasons);
        }

        if (!string.IsNullOrEmpty(rule.FieldPath) && !IsField(rule.FieldPath, schema))
        {
            errors.Invalid($"{path}.fieldPath", rule.FieldPath, "fieldPath must be a valid path: it must name a field below");
        }
    }

    private static void Message(string message, string path, FieldErrors errors)
    {
        if (message.Length > 0 && string.IsNullOrWhiteSpace(message))
        {
            errors.Invalid(path, message, "message must be non-empty if specified");
        }
        else if (message.Contains('\n', StringComparison.Ordinal))
        {
            errors.Invalid(path, message, "message must not contain line breaks");
        }
        else if (message.Length > MessageLengthMax)
        {
            errors.TooLong(path, MessageLengthMax);
        }
    }

    private static void Compile(
        string expression,
        string path,
        CelShape self,
        CelShape old,
        CelShape wanted,
        string otherwise,
        string? uncorrelatable,
        FieldErrors errors)
    {
        try
        {
            var result = CompiledExpression.Environment.Check(expression, self, old);
            if (result.Name != wanted.Name && result.Name != CelShape.Dynamic.Name)
            {
                errors.Invalid(path, expression, otherwise);
            }
            else if (uncorrelatable is not null && CompiledExpression.Environment.Compile(expression).Mentions("oldSelf"))
            {
                errors.Invalid(path, expression,
                    $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}");
            }
        }
        catch (CelCompileException failure)
        {
            errors.Invalid(path, expression, failure.Message);
        }
    }

    private static bool IsField(string path, V1JSONSchemaProps schema)
    {
        if (!JsonPath.TryParse(path, out var parsed) || parsed.Names is not { Length: > 0 } names)
        {
            return false;
        }

        var at = SchemaParser.Parse(schema);
        foreach (var name in names)
        {
            if (at.Field(name) is not { } below)
            {
                return false;
            }

            at = below;
        }

        return true;
    }
}
