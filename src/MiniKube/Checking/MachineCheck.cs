using System.Diagnostics;
using System.Net;
using MiniKube.ApiServer;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>What to look at.</summary>
internal sealed record MachineQuestions
{
    public required string DataDirectory { get; init; }

    public int HttpsPort { get; init; } = 6443;

    public PortRange NodePorts { get; init; } = new(30_000, 32_767);

    public IPNetwork? ClusterCidr { get; init; }

    public IPNetwork? ServiceCidr { get; init; }

    /// <summary>Where a Docker engine is looked for; null is the usual socket.</summary>
    public string? DockerEndpoint { get; init; }

    /// <summary>The server this machine is to join; null when it is to be one.</summary>
    public Uri? Server { get; init; }
}

/// <summary>Looks at this machine with the eyes of <c>minikube server</c> and <c>minikube agent</c>; changes nothing.</summary>
internal sealed class MachineCheck(MachineQuestions questions, Terminal terminal)
{
    private static readonly string[] NeededByTheEmbeddedRuntime = ["root", "overlayfs", "namespaces", "bridge", "veth"];

    private readonly MachineRoot _machine = new("/");

    public async Task<IReadOnlyList<MachineFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var network = new NetworkChecks(_machine);
        var isOurs = DataDirectory.OwnerOf(questions.DataDirectory) is not null;
        List<MachineFinding> findings =
        [
            Kernel(),
            Root(),
            .. new KernelChecks(_machine).Run(),
            .. NetworkChecks.Links(LinkProbe.Run()),
            NetworkChecks.Ranges(isOurs ? [] : NodeRoutes.Read(""), questions.ClusterCidr, questions.ServiceCidr),
            .. new PortChecks(_machine, questions.HttpsPort, questions.NodePorts, isOurs).Run(),
            network.Firewall(),
            NetworkChecks.ForwardPolicy(await OutputAsync("iptables", "-S FORWARD", cancellationToken)),
            Program("nft", "Services go through the in-process proxy, and pods reach nothing beyond this machine unless iptables is there; "
                + "install nftables"),
            Program("conntrack", "UDP clients of a Service may go on sending to a pod that is gone, until they pause; install conntrack"),
            Program("kubectl", "none: minikube has get, apply, logs and others itself; install kubectl if you want it"),
            .. new StorageChecks(questions.DataDirectory, terminal.Time).Run(),
            ClockChecks.Synchronized(),
            await EngineAsync(cancellationToken),
        ];
        if (questions.Server is { } server)
        {
            findings.Add(await ClockChecks.CompareAsync(server, terminal.Time, cancellationToken));
        }

        findings.Add(Runtime(findings));
        return findings;
    }

    /// <summary>Which runtime pods would get, given everything else.</summary>
    public static MachineFinding Runtime(IReadOnlyCollection<MachineFinding> findings)
    {
        var lacks = findings.Where(static one => one.State != FindingState.Ok).Select(static one => one.Name).ToHashSet();
        string[] missing = [.. NeededByTheEmbeddedRuntime.Where(lacks.Contains)];
        return lacks.Contains("docker engine")
            ? missing.Length == 0
                ? MachineFinding.Ok("runtime", "embedded")
                : MachineFinding.Blocking("runtime", "none",
                    $"no pod can run: the embedded runtime lacks {string.Join(", ", missing)}, and there is no Docker engine; "
                    + "a control plane alone runs with --disable-agent")
            : MachineFinding.Ok("runtime", missing.Length == 0 ? "embedded or docker" : "docker");
    }

    private static MachineFinding Kernel()
        => OperatingSystem.IsLinux()
            ? MachineFinding.Ok("kernel", Environment.OSVersion.VersionString)
            : MachineFinding.Blocking("kernel", Environment.OSVersion.VersionString, "minikube runs pods on Linux only");

    private static MachineFinding Root()
        => Environment.IsPrivilegedProcess
            ? MachineFinding.Ok("root", "yes")
            : MachineFinding.Lack("root", "no", "no embedded runtime, no pod network; run as root, or use a Docker engine");

    private MachineFinding Program(string name, string cost)
        => Find(name) is { } found ? MachineFinding.Ok(name, found) : MachineFinding.Lack(name, "not installed", cost);

    private string? Find(string program)
        => (terminal.Variable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private async Task<string?> OutputAsync(string program, string arguments, CancellationToken cancellationToken)
    {
        if (Find(program) is not { } path)
        {
            return null;
        }

        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : null;
    }

    private async Task<MachineFinding> EngineAsync(CancellationToken cancellationToken)
    {
        const string name = "docker engine";
        var endpoint = questions.DockerEndpoint ?? "unix:///var/run/docker.sock";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            return MachineFinding.Ok(name, $"{await EngineProbe.VersionAsync(endpoint, patience.Token)} at {endpoint}");
        }
        catch (Exception none) when (none is HttpRequestException or UriFormatException
            || (none is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return MachineFinding.Lack(name, $"does not answer at {endpoint}",
                "none where the embedded runtime can be used: it needs no engine; --docker-endpoint names another");
        }
    }
}
