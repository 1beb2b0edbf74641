using NUnit.Framework;

namespace MiniKube.Testing;

/// <summary>Waiting for a condition with a deadline: never a bare sleep, and a failure says what was seen last.</summary>
public static class Eventually
{
    // Long enough for a loaded two-core machine; a passing test waits only as long as it takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads until the value is right and returns it; fails the test with the last value after 30 seconds.</summary>
    public static Task<T> GetsAsync<T>(
        string what, Func<Task<T>> read, Func<T, bool> isRight, CancellationToken cancellationToken)
        => GetsAsync(what, read, isRight, Patience, cancellationToken);

    /// <summary>Reads until the value is right and returns it; fails the test with the last value after the patience.</summary>
    public static async Task<T> GetsAsync<T>(
        string what, Func<Task<T>> read, Func<T, bool> isRight, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await read();
            if (isRight(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                throw new AssertionException($"{what}: not within {patience.TotalSeconds} s; last seen: {seen}");
            }

            await Task.Delay(Step, cancellationToken);
        }
    }

    /// <summary>Waits until the condition holds.</summary>
    public static Task HoldsAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
        => GetsAsync(what, condition, static holds => holds, cancellationToken);

    /// <summary>Waits until the condition holds.</summary>
    public static Task HoldsAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => HoldsAsync(what, () => Task.FromResult(condition()), cancellationToken);
}
