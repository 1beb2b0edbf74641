namespace MiniKube.Cel;

/// <summary>
/// What an evaluation came to: a value, or the message of an error. Values are null, bool, long, ulong, double, string,
/// byte[], DateTimeOffset, TimeSpan, IPAddress,
/// <see cref="ICelList"/>, <see cref="ICelMap"/>, <see cref="CelType"/> and <see cref="CelOptional"/>.
/// </summary>
public readonly record struct CelResult(object? Value, string? Error, long Cost)
{
    /// <summary>Whether a rule holds: an error is no.</summary>
    public bool IsTrue => Error is null && Value is true;
}
