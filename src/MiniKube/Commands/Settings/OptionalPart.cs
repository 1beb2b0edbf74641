namespace MiniKube;

/// <summary>The parts of a cluster that <c>--disable</c> leaves out, so that one can bring one's own.</summary>
internal static class OptionalPart
{
    public const string Dns = "dns";
    public const string Ingress = "ingress";
    public const string ServiceLoadBalancer = "servicelb";
    public const string Metrics = "metrics";
    public const string LocalStorage = "local-storage";
    public const string Dashboard = "dashboard";

    public static IReadOnlyList<string> All { get; } = [Dns, Ingress, ServiceLoadBalancer, Metrics, LocalStorage, Dashboard];

    /// <exception cref="CommandException">A name is none of them.</exception>
    public static IReadOnlySet<string> Parse(IReadOnlyList<string> names)
        => names.FirstOrDefault(static name => !All.Contains(name)) is { } unknown
            ? throw CommandException.Usage($"--disable: '{unknown}' is not one of {string.Join(", ", All)}")
            : names.ToHashSet();
}
