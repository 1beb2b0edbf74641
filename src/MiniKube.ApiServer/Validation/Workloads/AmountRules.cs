using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Amounts that are a number of pods or a share of them: <c>2</c>, <c>25%</c>.</summary>
internal static class AmountRules
{
    /// <summary>The number, or the number before the percent sign; null when it is neither. None counts as 0.</summary>
    public static int? Validate(IntOrString? amount, string path, FieldErrors errors)
    {
        var text = amount?.Value ?? "0";
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            errors.NotNegative(path, number);
            return number;
        }

        errors.Invalid(path, text, Names.CheckPercent(text));
        return PercentOf(text);
    }

    /// <summary>A share is of what there is: no more than 100 %.</summary>
    public static void ValidateShare(IntOrString? amount, string path, FieldErrors errors)
    {
        if (amount?.Value is [.., '%'] && PercentOf(amount.Value) > 100)
        {
            errors.Invalid(path, amount.Value, "must not be greater than 100%");
        }
    }

    private static int? PercentOf(string text)
        => int.TryParse(text.AsSpan().TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
            ? percent
            : null;
}
