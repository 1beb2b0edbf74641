using Microsoft.Extensions.Time.Testing;

namespace MiniKube.Testing;

/// <summary>Waits for a condition that other tasks bring about, in real time, or by letting fake time pass.</summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until the condition holds; the test's own deadline (CancelAfter) ends it with the name of what was awaited.</summary>
    public static Task IsTrueAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => IsTrueAsync(what, condition, static () => { }, cancellationToken);

    /// <summary>As the other overload, with fake time going on by a tick before every look.</summary>
    public static Task IsTrueAsync(
        string what, Func<bool> condition, FakeTimeProvider time, TimeSpan tick, CancellationToken cancellationToken)
        => IsTrueAsync(what, condition, () => time.Advance(tick), cancellationToken);

    private static async Task IsTrueAsync(
        string what, Func<bool> condition, Action between, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"never came true: {what}");
            }

            await Task.Delay(Step, CancellationToken.None);
            between();
        }
    }
}
