using MiniKube.Cel.Values;

namespace MiniKube.Cel;

/// <summary>
/// Values that are known by name and made when an expression first looks at them, each once: <c>variables.replicas</c>. One that cannot be
/// made is an error of the expression that looks. Not thread-safe.
/// </summary>
/// <param name="names">What there is.</param>
/// <param name="make">Makes the value of a name.</param>
public sealed class CelNamedValues(IReadOnlyCollection<string> names, Func<string, CelResult> make) : ICelMap
{
    private readonly Dictionary<string, object?> made = [];

    /// <inheritdoc />
    public int Count => names.Count;

    /// <inheritdoc />
    public IEnumerable<object> Keys => names;

    /// <inheritdoc />
    public bool TryGet(object? key, out object? value)
    {
        value = null;
        if (key is not string name || !names.Contains(name))
        {
            return false;
        }

        if (!made.TryGetValue(name, out value))
        {
            var result = make(name);
            value = result.Error is { } error ? new CelError(error) : result.Value;
            made[name] = value;
        }

        return true;
    }
}
