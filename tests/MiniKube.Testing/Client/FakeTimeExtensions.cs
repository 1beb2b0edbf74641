using Microsoft.Extensions.Time.Testing;

namespace MiniKube.Testing;

/// <summary>Waiting in tests that own the clock.</summary>
public static class FakeTimeExtensions
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Lets fake time pass, one tick per look, until the condition holds; the test's own deadline ends it with the name
    /// of what was awaited.
    /// </summary>
    public static async Task AdvanceUntilAsync(
        this FakeTimeProvider time, string what, TimeSpan tick, Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            if (cancellationToken.IsCancellationRequested)
            {
                throw new AssertionException($"never came true: {what}");
            }

            await Task.Delay(Step, CancellationToken.None);
            time.Advance(tick);
        }
    }
}
