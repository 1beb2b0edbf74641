namespace MiniKube.Scheduler;

/// <summary>Room for the pod's requests. Every resource that is short is a reason of its own.</summary>
internal sealed class NodeResourcesFitFilter : INodeFilter
{
    public string Name => "NodeResourcesFit";

    public ClusterChanges WokenBy => ClusterChanges.Node | ClusterChanges.PodLeft;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster) => node =>
    {
        List<Rejection>? found = null;
        if (node.Pods.Length + 1 > node.PodsMax)
        {
            Add(ref found, new Rejection("Too many pods", IsFinal: false));
        }

        var wanted = pod.Requests;
        Check("cpu", wanted.Cpu.Value, node.Allocatable.Cpu.Value, node.Requested.Cpu.Value, ref found);
        Check("memory", wanted.Memory.Value, node.Allocatable.Memory.Value, node.Requested.Memory.Value, ref found);
        Check(
            "ephemeral-storage",
            wanted.EphemeralStorage.Value,
            node.Allocatable.EphemeralStorage.Value,
            node.Requested.EphemeralStorage.Value,
            ref found);
        foreach (var (name, amount) in wanted.Extended)
        {
            Check(
                name,
                amount,
                node.Allocatable.Extended.GetValueOrDefault(name),
                node.Requested.Extended.GetValueOrDefault(name),
                ref found);
        }

        return found ?? (IReadOnlyList<Rejection>)[];
    };

    private static void Check(string name, long wanted, long allocatable, long requested, ref List<Rejection>? found)
    {
        if (wanted > 0 && wanted > allocatable - requested)
        {
            Add(ref found, new Rejection($"Insufficient {name}", IsFinal: wanted > allocatable));
        }
    }

    private static void Add(ref List<Rejection>? found, Rejection rejection) => (found ??= []).Add(rejection);
}
