using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>How a requirement compares a label.</summary>
public enum SelectorOperator
{
    /// <summary>The label is there and its value is one of the listed.</summary>
    In,

    /// <summary>The label is absent or its value is none of the listed.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is absent.</summary>
    DoesNotExist,

    /// <summary>The label is there and is an integer greater than the one value.</summary>
    Gt,

    /// <summary>The label is there and is an integer less than the one value.</summary>
    Lt,
}

/// <summary>One condition on one label.</summary>
public sealed record LabelRequirement(string Key, SelectorOperator Operator, ImmutableArray<string> Values)
{
    /// <summary>True when the labels meet the condition; no labels at all is an empty set.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In => present && Values.Contains(value!),
            SelectorOperator.NotIn => !present || !Values.Contains(value!),
            SelectorOperator.Exists => present,
            SelectorOperator.DoesNotExist => !present,
            _ => present && Compares(value!),
        };
    }

    private bool Compares(string value)
        => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Values.Length == 1
            && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound)
            && (Operator == SelectorOperator.Gt ? number > bound : number < bound);
}

/// <summary>
/// A conjunction of label requirements. The empty selector matches everything.
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
/// </summary>
public sealed partial class LabelSelector(ImmutableArray<LabelRequirement> requirements)
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = ImmutableDictionary<string, string>.Empty;

    /// <summary>Matches every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>What must hold, all of it.</summary>
    public ImmutableArray<LabelRequirement> Requirements { get; } = requirements;

    /// <summary>True when nothing is required.</summary>
    public bool IsEmpty => Requirements.IsEmpty;

    /// <summary>Selects objects that carry all of these labels.</summary>
    public static LabelSelector Of(IEnumerable<KeyValuePair<string, string>> labels)
        => new([.. labels
            .Select(label => new LabelRequirement(label.Key, SelectorOperator.In, [label.Value]))
            .OrderBy(one => one.Key, StringComparer.Ordinal)]);

    /// <summary>From an object's <c>selector</c> field. An absent selector selects nothing: null.</summary>
    public static LabelSelector? Of(V1LabelSelector? selector)
    {
        if (selector is null)
        {
            return null;
        }

        var equal = (selector.MatchLabels ?? new Dictionary<string, string>())
            .Select(label => new LabelRequirement(label.Key, SelectorOperator.In, [label.Value]));
        var expressions = (selector.MatchExpressions ?? [])
            .Select(expression => new LabelRequirement(
                expression.Key, Enum.Parse<SelectorOperator>(expression.OperatorProperty), [.. expression.Values ?? []]));
        return new LabelSelector([.. equal.Concat(expressions).OrderBy(one => one.Key, StringComparer.Ordinal)]);
    }

    /// <summary>True when every requirement holds; null labels are an empty set.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        var present = labels ?? NoLabels;
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(present))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when every requirement holds; for the dictionaries of the models.</summary>
    public bool Matches(IDictionary<string, string>? labels)
        => Matches(labels as IReadOnlyDictionary<string, string> ?? labels?.ToDictionary());

    /// <summary>The text form kubectl sends: <c>a=b,c in (d,e),!f</c>.</summary>
    public override string ToString() => string.Join(",", Requirements.Select(Write));

    private static string Write(LabelRequirement requirement) => requirement.Operator switch
    {
        SelectorOperator.Exists => requirement.Key,
        SelectorOperator.DoesNotExist => $"!{requirement.Key}",
        SelectorOperator.Gt => $"{requirement.Key}>{requirement.Values[0]}",
        SelectorOperator.Lt => $"{requirement.Key}<{requirement.Values[0]}",
        SelectorOperator.In when requirement.Values.Length == 1 => $"{requirement.Key}={requirement.Values[0]}",
        SelectorOperator.NotIn when requirement.Values.Length == 1 => $"{requirement.Key}!={requirement.Values[0]}",
        SelectorOperator.In => $"{requirement.Key} in ({Sorted(requirement)})",
        _ => $"{requirement.Key} notin ({Sorted(requirement)})",
    };

    private static string Sorted(LabelRequirement requirement)
        => string.Join(",", requirement.Values.Order(StringComparer.Ordinal));
}
