namespace MiniKube.Cel;

/// <summary>
/// A value of the host that expressions call functions on: <c>authorizer.group('apps').resource('deployments')</c>. What a call gives
/// may be another one.
/// </summary>
public interface ICelReceiver
{
    /// <summary>The name of its type, in messages.</summary>
    string TypeName { get; }

    /// <summary>Calls a function of the catalog of receivers.</summary>
    /// <param name="function">The name.</param>
    /// <param name="arguments">Values of expressions.</param>
    /// <param name="result">What it gave.</param>
    /// <returns>False when it has no such function of such arguments.</returns>
    bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result);
}
