namespace MiniKube.ApiServer;

/// <summary>
/// What happens to fields nobody knows and fields given twice.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
/// </summary>
internal enum FieldValidation
{
    /// <summary>They are dropped in silence.</summary>
    Ignore,

    /// <summary>They are dropped, and a warning is sent for each.</summary>
    Warn,

    /// <summary>The request is refused.</summary>
    Strict,
}
