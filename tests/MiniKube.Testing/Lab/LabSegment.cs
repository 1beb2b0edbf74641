using System.Globalization;
using System.Net;

namespace MiniKube.Testing;

/// <summary>
/// Machines on one network segment: a network namespace each, joined by veth pairs to a bridge in a namespace of its own, so that
/// nothing of it shows on this machine. Needs root. Disposing removes the machines with all they run, then the segment.
/// </summary>
public sealed class LabSegment : IAsyncDisposable
{
    private const string Switch = "sw0";
    private static int _count;

    private readonly string _prefix;
    private readonly List<LabMachine> _machines = [];

    private LabSegment(string prefix)
    {
        _prefix = prefix;
        Scratch = Directory.CreateTempSubdirectory("minikube-lab-").FullName;
    }

    /// <summary>The address of the segment's router: the default route of every machine. Nothing lies behind it.</summary>
    public static IPAddress Router { get; } = IPAddress.Parse("192.168.77.1");

    /// <summary>Where machines keep their files.</summary>
    public string Scratch { get; }

    /// <summary>The machines, in the order they came.</summary>
    public IReadOnlyList<LabMachine> Machines => _machines;

    internal string SwitchNamespace => $"{_prefix}sw";

    /// <summary>An empty segment.</summary>
    public static async Task<LabSegment> CreateAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count);
        var segment = new LabSegment(string.Create(CultureInfo.InvariantCulture, $"mkl{Environment.ProcessId}-{number}-"));
        await IpAsync(["netns", "add", segment.SwitchNamespace], cancellationToken);
        await segment.InSwitchAsync(["link", "set", "lo", "up"], cancellationToken);
        await segment.InSwitchAsync(["link", "add", Switch, "type", "bridge"], cancellationToken);
        await segment.InSwitchAsync(["addr", "add", $"{Router}/24", "dev", Switch], cancellationToken);
        await segment.InSwitchAsync(["link", "set", Switch, "up"], cancellationToken);
        return segment;
    }

    /// <summary>A machine more: <c>192.168.77.11</c> for the first, and so on.</summary>
    public async Task<LabMachine> AddAsync(string name, CancellationToken cancellationToken)
    {
        var number = _machines.Count + 1;
        var machine = new LabMachine(this, name, $"{_prefix}{name}", $"port{number}")
        {
            Address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"192.168.77.{10 + number}")),
        };
        await IpAsync(["netns", "add", machine.Namespace], cancellationToken);
        _machines.Add(machine);
        string[] pair = ["link", "add", machine.Port, "type", "veth", "peer", "name", LabMachine.Link, "netns", machine.Namespace];
        await InSwitchAsync(pair, cancellationToken);
        await InSwitchAsync(["link", "set", machine.Port, "master", Switch], cancellationToken);
        await InSwitchAsync(["link", "set", machine.Port, "up"], cancellationToken);
        await machine.ConfigureLinkAsync(cancellationToken);
        return machine;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
        {
            await machine.DisposeAsync();
        }

        await IpAsync(["netns", "del", SwitchNamespace], CancellationToken.None);
        Directory.Delete(Scratch, recursive: true);
    }

    internal Task InSwitchAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => IpAsync(["-n", SwitchNamespace, .. arguments], cancellationToken);

    internal static async Task IpAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => (await ProgramRun.OfAsync("ip", arguments, new Dictionary<string, string>(), cancellationToken)).Success();
}
