using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Ends every pod of the instance and takes the runtime's traces off the machine.</summary>
internal sealed class PodShutdown(IContainerRuntime runtime, PodVolumes volumes)
{
    private const long GraceSecondsDefault = 30;

    /// <param name="pods">The pods as the API had them last, for their grace periods.</param>
    /// <param name="cancellationToken">Gives up and leaves the rest as it is.</param>
    public async Task RunAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var graces = pods.ToDictionary(pod => pod.Metadata.Uid, pod => pod.Spec.TerminationGracePeriodSeconds);
        var containers = await runtime.ListContainersAsync(cancellationToken);
        await Task.WhenAll(containers
            .Where(container => container.Phase == ContainerPhase.Running)
            .Select(container => StopAsync(container, GraceOf(container), cancellationToken)));
        await runtime.TearDownAsync(cancellationToken);
        volumes.UnmountAll();

        TimeSpan GraceOf(ContainerStatus container)
            => TimeSpan.FromSeconds(graces.GetValueOrDefault(container.Pod.Uid) ?? GraceSecondsDefault);
    }

    private async Task StopAsync(ContainerStatus container, TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            await runtime.StopContainerAsync(container.Id, grace, cancellationToken);
        }
        catch (RuntimeException)
        {
            // The tear-down kills what could not be stopped, and says so if it cannot either.
        }
    }
}
