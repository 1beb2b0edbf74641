using System.Net;
using Docker.DotNet;

namespace MiniKube.Runtimes;

/// <summary>
/// Removes things from the engine that it does not let go of at once: it answers before its own cleaning up has ended, and
/// tells no event when it has.
/// </summary>
internal sealed class EngineRetry(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Removes, and tries again after <paramref name="meanwhile"/> while the engine refuses with that status. Removing what
    /// is not there is fine.
    /// </summary>
    /// <exception cref="RuntimeException">The engine refuses otherwise, or still does after twenty seconds.</exception>
    public async Task WhileAsync(
        HttpStatusCode refusal, Func<Task> remove, Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await remove();
                return;
            }
            catch (DockerApiException gone) when (gone.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }
            catch (DockerApiException busy) when (busy.StatusCode == refusal && time.GetElapsedTime(began) < Patience)
            {
                await meanwhile();
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (Exception failure) when (DockerErrors.Translate(failure) is { } translated)
            {
                throw translated;
            }
        }
    }
}
