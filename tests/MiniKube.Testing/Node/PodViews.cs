using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Node;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <summary>Pods as a planner sees them, in a few words.</summary>
internal static class PodViews
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly PodIdentity Identity = new(new ObjectKey("default", "web"), "uid");

    /// <summary>A view of a pod with a sandbox and these containers.</summary>
    public static PodView Of(V1Pod pod, params ContainerView[] containers) => new()
    {
        Pod = pod,
        Now = Now,
        Containers = [.. containers],
        Sandboxes = [Sandbox("uid-0")],
    };

    public static V1Pod Pod(string restartPolicy = "Always", Action<V1Pod>? change = null)
        => Objects.Pod("web", pod =>
        {
            pod.Metadata.Uid = "uid";
            pod.Spec.RestartPolicy = restartPolicy;
            pod.Spec.TerminationGracePeriodSeconds = 30;
            change?.Invoke(pod);
        });

    public static SandboxStatus Sandbox(string id, bool ready = true)
        => new() { Id = id, Pod = Identity, Ready = ready, Created = Now };

    public static ContainerView Absent(string name, ContainerRole role = ContainerRole.Main)
        => new(new PodContainer(new V1Container { Name = name, Image = "image" }, role), new ContainerMemory());

    public static ContainerView Running(string name, ContainerRole role = ContainerRole.Main)
        => With(Absent(name, role), Instance(name) with { Phase = ContainerPhase.Running });

    /// <summary>An instance that ended just now, the so many-th in a row.</summary>
    public static ContainerView Exited(string name, int exitCode, int crashes = 1, ContainerRole role = ContainerRole.Main)
    {
        var ended = Instance(name) with { Phase = ContainerPhase.Exited, ExitCode = exitCode, Finished = Now };
        return With(Absent(name, role), ended).Remember(memory => memory with
        {
            Crashes = crashes,
            LastWords = ImmutableDictionary<string, string>.Empty.Add(ended.Id, ""),
        });
    }

    public static ContainerView Remember(this ContainerView view, Func<ContainerMemory, ContainerMemory> change)
        => view with { Memory = change(view.Memory) };

    public static ContainerView Busy(this ContainerView view, ContainerActivity activity)
        => view.Remember(memory => memory with { Activity = activity });

    private static ContainerView With(ContainerView view, ContainerStatus instance)
        => view with { Current = instance with { SpecHash = SpecHash.Of(view.Container.Spec) } };

    private static ContainerStatus Instance(string name) => new()
    {
        Id = $"{name}-id",
        SandboxId = "uid-0",
        Pod = Identity,
        Name = name,
        Attempt = 0,
        Image = "image",
        ImageId = "sha256:0",
        SpecHash = "",
        Phase = ContainerPhase.Running,
        Started = Now - TimeSpan.FromSeconds(20),
    };
}
