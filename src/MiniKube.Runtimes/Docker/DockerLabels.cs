using System.Globalization;
using MiniKube.Api;

namespace MiniKube.Runtimes;

/// <summary>What a container says about itself, so that the next process finds it. Written once, at creation.</summary>
internal static class DockerLabels
{
    public const string Instance = "io.minikube.instance";
    public const string SandboxId = "io.minikube.sandbox";
    private const string Role = "io.minikube.role";
    private const string RoleSandbox = "sandbox";
    private const string RoleContainer = "container";
    private const string PodNamespace = "io.minikube.pod.namespace";
    private const string PodName = "io.minikube.pod.name";
    private const string PodUid = "io.minikube.pod.uid";
    private const string SharedProcesses = "io.minikube.sandbox.shared-processes";
    private const string Name = "io.minikube.container.name";
    private const string Attempt = "io.minikube.container.attempt";
    private const string Image = "io.minikube.container.image";
    private const string SpecHash = "io.minikube.container.hash";

    public static Dictionary<string, string> Of(string instance, SandboxSpec sandbox)
    {
        var labels = Common(instance, RoleSandbox, sandbox.Id, sandbox.Pod);
        if (sandbox.ShareProcessNamespace)
        {
            labels[SharedProcesses] = "true";
        }

        return labels;
    }

    public static Dictionary<string, string> Of(string instance, string sandboxId, PodIdentity pod, ContainerSpec container)
    {
        var labels = Common(instance, RoleContainer, sandboxId, pod);
        labels[Name] = container.Name;
        labels[Attempt] = container.Attempt.ToString(CultureInfo.InvariantCulture);
        labels[Image] = container.Image;
        labels[SpecHash] = container.SpecHash;
        return labels;
    }

    /// <summary>Picks what belongs to the instance out of the engine's lists.</summary>
    public static Dictionary<string, IDictionary<string, bool>> FilterOf(string instance) => new()
    {
        ["label"] = new Dictionary<string, bool> { [$"{Instance}={instance}"] = true },
    };

    public static bool IsSandbox(IDictionary<string, string> labels) => labels[Role] == RoleSandbox;

    public static bool SharesProcesses(IDictionary<string, string> labels) => labels.ContainsKey(SharedProcesses);

    public static PodIdentity Pod(IDictionary<string, string> labels)
        => new(new ObjectKey(labels[PodNamespace], labels[PodName]), labels[PodUid]);

    /// <summary>The constant part of a container's status; the rest comes from the engine.</summary>
    public static ContainerStatus Status(string id, string imageId, IDictionary<string, string> labels, DateTimeOffset started) => new()
    {
        Id = id,
        SandboxId = labels[SandboxId],
        Pod = Pod(labels),
        Name = labels[Name],
        Attempt = int.Parse(labels[Attempt], CultureInfo.InvariantCulture),
        Image = labels[Image],
        ImageId = imageId,
        SpecHash = labels[SpecHash],
        Phase = ContainerPhase.Running,
        Started = started,
    };

    private static Dictionary<string, string> Common(string instance, string role, string sandboxId, PodIdentity pod) => new()
    {
        [Instance] = instance,
        [Role] = role,
        [SandboxId] = sandboxId,
        [PodNamespace] = pod.Key.Namespace,
        [PodName] = pod.Key.Name,
        [PodUid] = pod.Uid,
    };
}
