using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// The expressions of a schema (<c>x-kubernetes-validations</c>), compiled when first needed and evaluated where their part of the
/// object is. All of one object share a budget. Thread-safe.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
/// </summary>
internal sealed class SchemaExpressions(StructuralSchema schema)
{
    private readonly ConcurrentDictionary<ValidationRule, CompiledExpression> _compiled = new(ReferenceEqualityComparer.Instance!);

    public void Evaluate(CustomObject item, CustomObject? old, FieldErrors errors)
    {
        var walk = new ExpressionWalk(one => _compiled.GetOrAdd(one, static rule => new CompiledExpression(rule)), errors);
        walk.Value(Whole(item), old is null ? null : new Before(Whole(old)), schema, "");
    }

    // Of metadata, expressions see the names.
    private static JsonObject Whole(CustomObject item)
    {
        var whole = item.Body.DeepClone().AsObject();
        var metadata = new JsonObject { ["name"] = item.Metadata.Name ?? "" };
        if (!string.IsNullOrEmpty(item.Metadata.GenerateName))
        {
            metadata["generateName"] = item.Metadata.GenerateName;
        }

        whole["apiVersion"] = item.ApiVersion;
        whole["kind"] = item.Kind;
        whole["metadata"] = metadata;
        return whole;
    }
}

/// <summary>The value before the change; there may have been one, and it may have been null.</summary>
internal sealed record Before(JsonNode? Value);

/// <summary>One walk over an object and what it was before.</summary>
internal sealed class ExpressionWalk(Func<ValidationRule, CompiledExpression> compile, FieldErrors errors)
{
    private readonly CelBudget _budget = new(CelBudget.PerRequest);
    private bool _isOver;

    public void Value(JsonNode? value, Before? old, StructuralSchema schema, string path)
    {
        if (!schema.HasRules || _isOver || value is null)
        {
            return;
        }

        foreach (var rule in schema.Rules)
        {
            Apply(compile(rule), value, old, schema, path);
        }

        switch (value)
        {
            case JsonObject fields:
                Fields(fields, old?.Value as JsonObject, schema, path);
                break;
            case JsonArray items when schema.Items is { HasRules: true } element:
                Items(items, old?.Value as JsonArray, schema, element, path);
                break;
        }
    }

    private void Fields(JsonObject fields, JsonObject? old, StructuralSchema schema, string path)
    {
        foreach (var (name, value) in fields)
        {
            if (schema.Field(name) is { HasRules: true } known)
            {
                JsonNode? before = null;
                var wasThere = old is not null && old.TryGetPropertyValue(name, out before);
                Value(value, wasThere ? new Before(before) : null, known, SchemaRules.Below(path, name));
            }
        }
    }

    // Elements have a past only where something tells which was which.
    private void Items(JsonArray items, JsonArray? old, StructuralSchema schema, StructuralSchema element, string path)
    {
        var past = old is null || schema.ListType != "map"
            ? []
            : old.Select(item => (Key: ListRules.KeyOf(item, schema), Item: item)).Where(static one => one.Key is not null)
                .DistinctBy(static one => one.Key!.ToJsonString())
                .ToDictionary(static one => one.Key!.ToJsonString(), static one => one.Item);
        for (var index = 0; index < items.Count; index++)
        {
            var key = past.Count == 0 ? null : ListRules.KeyOf(items[index], schema)?.ToJsonString();
            var before = key is not null && past.TryGetValue(key, out var found) ? new Before(found) : null;
            Value(items[index], before, element, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"));
        }
    }

    private void Apply(CompiledExpression compiled, JsonNode value, Before? old, StructuralSchema schema, string path)
    {
        var rule = compiled.Rule;
        var optional = rule.OptionalOldSelf == true;
        if (_isOver || (compiled.IsTransition && !optional && old is null))
        {
            return;
        }

        var self = CelViews.Of(value, schema);
        var before = old is null ? null : CelViews.Of(old.Value, schema);
        object?[] values = [self, optional ? new CelOptional(old is not null, before) : before];
        var result = compiled.Program.Evaluate(values, _budget, CancellationToken.None);
        if (result.IsTrue || (old is not null && !compiled.IsTransition && JsonNode.DeepEquals(old.Value, value)))
        {
            return; // What did not change is let be, whatever the rule says of it now.
        }

        var type = schema.Type.Length > 0 ? schema.Type : JsonKinds.Of(value);
        if (_budget.Remaining == 0)
        {
            _isOver = true;
            errors.Invalid(path, type, "validation failed due to running out of cost budget, no further validation rules will be run");
            return;
        }

        if (result.Error is { } failure)
        {
            errors.Invalid(path, type, $"{failure} evaluating rule: {Words(rule)}");
            return;
        }

        Refuse(rule, SchemaRules.Below(path, rule.FieldPath.TrimStart('.')).TrimEnd('.'), type, MessageOf(compiled, values));
    }

    private string MessageOf(CompiledExpression compiled, object?[] values)
    {
        if (compiled.Message?.Evaluate(values, _budget, CancellationToken.None).Value is string { Length: > 0 } text
            && !string.IsNullOrWhiteSpace(text) && !text.Contains('\n', StringComparison.Ordinal))
        {
            return text;
        }

        return compiled.Rule.Message.Length > 0 ? compiled.Rule.Message.Trim() : $"failed rule: {compiled.Rule.Rule.Trim()}";
    }

    private void Refuse(ValidationRule rule, string path, string type, string message)
    {
        switch (rule.Reason)
        {
            case "FieldValueForbidden":
                errors.Forbidden(path, message);
                break;
            case "FieldValueRequired":
                errors.Required(path, message);
                break;
            case "FieldValueDuplicate":
                errors.Duplicate(path, type);
                break;
            default:
                errors.Invalid(path, type, message);
                break;
        }
    }

    private static string Words(ValidationRule rule) => rule.Message.Length > 0 ? rule.Message.Trim() : rule.Rule.Trim();
}
