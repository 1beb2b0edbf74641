using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Scheduler;

/// <summary>
/// How much of everything a pod asks for or a node has. <see cref="Extended"/> holds what is not known by name.
/// </summary>
internal sealed record ResourceAmounts(
    MilliCpu Cpu, Bytes Memory, Bytes EphemeralStorage, ImmutableDictionary<string, long> Extended)
{
    public static ResourceAmounts Zero { get; } =
        new(MilliCpu.Zero, Bytes.Zero, Bytes.Zero, ImmutableDictionary<string, long>.Empty);

    /// <summary>From the model's map; <c>pods</c> is not an amount of anything and is left out.</summary>
    public static ResourceAmounts Of(IDictionary<string, ResourceQuantity>? quantities)
    {
        var amounts = Zero;
        foreach (var (name, quantity) in quantities ?? ImmutableDictionary<string, ResourceQuantity>.Empty)
        {
            amounts = name switch
            {
                "cpu" => amounts with { Cpu = MilliCpu.Of(quantity) },
                "memory" => amounts with { Memory = Bytes.Of(quantity) },
                "ephemeral-storage" => amounts with { EphemeralStorage = Bytes.Of(quantity) },
                "pods" => amounts,
                _ => amounts with { Extended = amounts.Extended.SetItem(name, Quantity.Of(quantity).Value) },
            };
        }

        return amounts;
    }

    /// <summary>The larger of each.</summary>
    public static ResourceAmounts Max(ResourceAmounts left, ResourceAmounts right)
        => Combine(left, right, Math.Max);

    public static ResourceAmounts operator +(ResourceAmounts left, ResourceAmounts right)
        => Combine(left, right, static (one, other) => one + other);

    public static ResourceAmounts operator -(ResourceAmounts left, ResourceAmounts right)
        => Combine(left, right, static (one, other) => one - other);

    private static ResourceAmounts Combine(ResourceAmounts left, ResourceAmounts right, Func<long, long, long> with)
    {
        var extended = left.Extended;
        foreach (var (name, amount) in right.Extended)
        {
            extended = extended.SetItem(name, with(extended.GetValueOrDefault(name), amount));
        }

        return new ResourceAmounts(
            new MilliCpu(with(left.Cpu.Value, right.Cpu.Value)),
            new Bytes(with(left.Memory.Value, right.Memory.Value)),
            new Bytes(with(left.EphemeralStorage.Value, right.EphemeralStorage.Value)),
            extended);
    }
}
