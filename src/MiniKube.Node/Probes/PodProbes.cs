using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>The probes of a pod's running instances. Belongs to the worker's loop.</summary>
internal sealed class PodProbes(PodWorkerContext context, Action changed) : IAsyncDisposable
{
    private readonly Dictionary<string, ContainerProbes> _instances = [];

    /// <summary>What is known of an instance; one without probes is started and ready as soon as it runs.</summary>
    public ProbeVerdict VerdictOf(ContainerStatus instance)
        => _instances.GetValueOrDefault(instance.Id)?.Verdict ?? new ProbeVerdict(instance.Id, false, false, null);

    /// <summary>Begins to probe what has started and ends the probes of what has not. True when a verdict is new.</summary>
    public async Task<bool> FollowAsync(V1Pod pod, PodRuntimeState state, CancellationToken stopping)
    {
        var running = state.Containers.Where(one => one.Phase == ContainerPhase.Running).ToDictionary(one => one.Id);
        foreach (var id in _instances.Keys.Where(id => !running.ContainsKey(id)).ToList())
        {
            _instances.Remove(id, out var ended);
            await ended!.DisposeAsync();
        }

        var isNew = false;
        foreach (var container in PodContainer.Of(pod).Where(container => container.Role != ContainerRole.Init))
        {
            foreach (var instance in running.Values.Where(one => one.Name == container.Name && !_instances.ContainsKey(one.Id)))
            {
                _instances.Add(instance.Id, Begin(pod, container, instance, state, stopping));
                isNew = true;
            }
        }

        return isNew;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances.Values)
        {
            await instance.DisposeAsync();
        }

        _instances.Clear();
    }

    private ContainerProbes Begin(
        V1Pod pod, PodContainer container, ContainerStatus instance, PodRuntimeState state, CancellationToken stopping)
    {
        var before = ContainerStatuses.Find(pod, container.Name);
        var isSame = before?.ContainerID?.EndsWith($"://{instance.Id}", StringComparison.Ordinal) == true;
        var address = state.Sandboxes.FirstOrDefault(one => one.Id == instance.SandboxId)?.Ip ?? context.Options.NodeIp;
        var probed = new ProbedInstance(instance.Id, instance.Started, address);
        return new ContainerProbes(pod, container, probed, isSame ? before : null, context, changed, stopping);
    }
}
