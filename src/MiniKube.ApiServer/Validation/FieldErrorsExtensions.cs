using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What rules say often.</summary>
internal static class FieldErrorsExtensions
{
    /// <summary>One error for each problem; none when there are none.</summary>
    public static void Invalid(this FieldErrors errors, string path, object? value, IReadOnlyList<string> problems)
    {
        for (var index = 0; index < problems.Count; index++)
        {
            errors.Invalid(path, value, problems[index]);
        }
    }

    public static void NotNegative(this FieldErrors errors, string path, long? value)
    {
        if (value < 0)
        {
            errors.Invalid(path, value, "must be greater than or equal to 0");
        }
    }

    public static void Positive(this FieldErrors errors, string path, long? value)
    {
        if (value <= 0)
        {
            errors.Invalid(path, value, "must be greater than 0");
        }
    }

    public static void AtMost(this FieldErrors errors, string path, int count, int countMax)
    {
        if (count > countMax)
        {
            errors.Add(new FieldError(path, "FieldValueTooMany", $"Too many: {count}: must have at most {countMax} items"));
        }
    }

    /// <summary>Missing, or none of the allowed words.</summary>
    public static void OneOf(this FieldErrors errors, string path, string? value, params string[] allowed)
    {
        if (string.IsNullOrEmpty(value))
        {
            errors.Required(path);
        }
        else if (!allowed.Contains(value))
        {
            errors.NotSupported(path, value, allowed);
        }
    }

    /// <summary>The field keeps the value it was created with. Objects are compared as JSON.</summary>
    public static void Immutable<T>(this FieldErrors errors, string path, T? value, T? old)
    {
        var same = value is null || old is null || value is string or ValueType
            ? EqualityComparer<T>.Default.Equals(value, old)
            : JsonChanges.AreEqual(value, old);
        if (!same)
        {
            errors.Invalid(path, value is null or string or ValueType ? value : JsonChanges.Text(value), "field is immutable");
        }
    }

    public static void Required(this FieldErrors errors, string path, string? value, string detail)
    {
        if (string.IsNullOrEmpty(value))
        {
            errors.Required(path, detail);
        }
    }
}
