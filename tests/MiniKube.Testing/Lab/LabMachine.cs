using System.Globalization;
using System.Net;

namespace MiniKube.Testing;

/// <summary>
/// One machine of a <see cref="LabSegment"/>: programs started here see its network and no other. Files, users and processes are
/// those of the machine that runs the tests.
/// </summary>
public sealed class LabMachine : IAsyncDisposable
{
    internal const string Link = "eth0";

    private readonly LabSegment _segment;
    private readonly List<ForegroundProgram> _programs = [];
    private ForegroundProgram? _docker;

    internal LabMachine(LabSegment segment, string name, string ns, string port)
    {
        _segment = segment;
        Name = name;
        Namespace = ns;
        Port = port;
        DataDirectory = Path.Combine(segment.Scratch, name);
    }

    /// <summary>The name, also of its node.</summary>
    public string Name { get; }

    /// <summary>The network namespace's name.</summary>
    public string Namespace { get; }

    /// <summary>Its address on the segment.</summary>
    public IPAddress Address { get; internal set; } = IPAddress.None;

    /// <summary>Where minikube keeps its data here.</summary>
    public string DataDirectory { get; }

    /// <summary>The admin's kubeconfig, when the server runs here.</summary>
    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");

    /// <summary>What the programs of this machine find in their environment.</summary>
    public Dictionary<string, string> Environment => new(Clock?.Environment ?? [])
    {
        ["KUBECONFIG"] = Kubeconfig,
        ["HOME"] = _segment.Scratch,
    };

    /// <summary>A clock of its own for what is started here from now on; null for that of the machine that runs the tests.</summary>
    public LabClock? Clock { get; set; }

    /// <summary>Where <see cref="StartDockerAsync"/> listens.</summary>
    public string DockerEndpoint => $"unix://{Path.Combine(DockerDirectory, "docker.sock")}";

    internal string Port { get; }

    private string DockerDirectory => Path.Combine(_segment.Scratch, $"{Name}-docker");

    /// <summary>Runs a program here to its end.</summary>
    public Task<ProgramRun> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => ProgramRun.OfAsync("nsenter", [.. Enter, file, .. arguments], Environment, cancellationToken);

    /// <summary>The output of a program that must succeed here.</summary>
    public async Task<string> OutputAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => (await RunAsync(file, arguments, cancellationToken)).Success();

    /// <summary>Starts a program here that runs until it is told to end, or until the machine goes.</summary>
    public ForegroundProgram Start(string file, IReadOnlyList<string> arguments)
        => Start(file, arguments, new Dictionary<string, string>());

    /// <summary>Starts a program here with more in its environment.</summary>
    public ForegroundProgram Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var program = new ForegroundProgram(
            "nsenter", [.. Enter, file, .. arguments], Environment.Concat(environment).ToDictionary());
        _programs.Add(program);
        return program;
    }

    /// <summary>Starts a Docker engine of this machine's own, which leaves the network alone, and waits until it answers.</summary>
    public async Task StartDockerAsync(CancellationToken cancellationToken)
    {
        string Inside(string name) => Path.Combine(Directory.CreateDirectory(DockerDirectory).FullName, name);
        string[] places = ["--data-root", Inside("data"), "--exec-root", Inside("exec"), "--pidfile", Inside("pid"), "-H", DockerEndpoint];
        string[] noNetwork = ["--bridge", "none", "--iptables=false", "--ip6tables=false"];
        _docker = new ForegroundProgram("nsenter", [.. Enter, "dockerd", .. places, .. noNetwork], Environment);
        await Eventually.HoldsAsync(
            $"the Docker engine of {Name} answers",
            async () =>
            {
                _docker.MustRun();
                return (await RunAsync("docker", ["-H", DockerEndpoint, "version"], cancellationToken)).ExitCode == 0;
            },
            cancellationToken);
    }

    /// <summary>Pulls the plug of the network, or puts it back.</summary>
    public Task PlugAsync(bool isIn, CancellationToken cancellationToken)
        => _segment.InSwitchAsync(["link", "set", Port, isIn ? "up" : "down"], cancellationToken);

    /// <summary>Drops what comes to a TCP port of this machine from elsewhere, as a firewall does.</summary>
    public Task BlockAsync(int tcpPort, CancellationToken cancellationToken)
        => FilterAsync($"iifname {Link} tcp dport {tcpPort.ToString(CultureInfo.InvariantCulture)} drop", cancellationToken);

    /// <summary>Loses one in so many packets that arrive.</summary>
    public Task LosePacketsAsync(int oneIn, CancellationToken cancellationToken)
        => FilterAsync($"iifname {Link} numgen random mod {oneIn.ToString(CultureInfo.InvariantCulture)} == 0 drop", cancellationToken);

    /// <summary>Takes back what <see cref="BlockAsync"/> and <see cref="LosePacketsAsync"/> did.</summary>
    public async Task ClearFiltersAsync(CancellationToken cancellationToken)
        => await OutputAsync("nft", ["delete table inet lab"], cancellationToken);

    /// <summary>Gives the machine another address, as a new lease from a router does.</summary>
    public async Task MoveAsync(IPAddress address, CancellationToken cancellationToken)
    {
        await IpAsync(["addr", "add", $"{address}/24", "dev", Link], cancellationToken);
        await IpAsync(["addr", "del", $"{Address}/24", "dev", Link], cancellationToken);
        Address = address;
        // The kernel takes secondary addresses and the default route along with the first address.
        await IpAsync(["addr", "replace", $"{address}/24", "dev", Link], cancellationToken);
        await IpAsync(["route", "replace", "default", "via", $"{LabSegment.Router}"], cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await RunAsync(MiniKubeInstance.Binary, ["uninstall", "--data-dir", DataDirectory], patience.Token);
        if (_docker is not null)
        {
            await _docker.EndAsync("TERM", patience.Token); // Its containerd ends with it.
            await _docker.DisposeAsync();
        }

        await LabSegment.IpAsync(["netns", "del", Namespace], patience.Token);
    }

    internal async Task ConfigureLinkAsync(CancellationToken cancellationToken)
    {
        await IpAsync(["link", "set", "lo", "up"], cancellationToken);
        await IpAsync(["addr", "add", $"{Address}/24", "dev", Link], cancellationToken);
        await IpAsync(["link", "set", Link, "up"], cancellationToken);
        await IpAsync(["route", "add", "default", "via", $"{LabSegment.Router}"], cancellationToken);
    }

    private string[] Enter => [$"--net=/run/netns/{Namespace}", "--"];

    private Task IpAsync(string[] arguments, CancellationToken cancellationToken)
        => LabSegment.IpAsync(["-n", Namespace, .. arguments], cancellationToken);

    private async Task FilterAsync(string rule, CancellationToken cancellationToken)
    {
        const string chain = "chain inet lab input { type filter hook prerouting priority -300; }";
        await OutputAsync("nft", ["add table inet lab"], cancellationToken);
        await OutputAsync("nft", [$"add {chain}"], cancellationToken);
        await OutputAsync("nft", [$"add rule inet lab input {rule}"], cancellationToken);
    }
}
