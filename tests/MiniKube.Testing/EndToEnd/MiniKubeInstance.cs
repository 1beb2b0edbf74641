using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testing;

/// <summary>
/// One instance of the real binary with a data directory and ports of its own: what the tests would type. Disposing ends it and
/// removes everything it left.
/// </summary>
public sealed class MiniKubeInstance : IAsyncDisposable
{
    private static int _count;
    private static int _ports;

    private readonly string _scratch;

    private MiniKubeInstance(string scratch, int number)
    {
        _scratch = scratch;
        DataDirectory = Path.Combine(scratch, "data");
        NodeName = $"node-{number}";
        // Ranges of their own, so that instances started at the same moment do not choose the same free one.
        ClusterCidr = $"10.{100 + (2 * number)}.0.0/16";
        ServiceCidr = $"10.{101 + (2 * number)}.0.0/16";
    }

    /// <summary>The binary: MINIKUBE_BINARY, or the one of this build.</summary>
    public static string Binary { get; } = System.Environment.GetEnvironmentVariable("MINIKUBE_BINARY")
        ?? RepositoryFiles.PathOf($"src/MiniKube/bin/{Configuration}/net10.0/minikube");

    /// <summary>Where the cluster lives.</summary>
    public string DataDirectory { get; }

    /// <summary>The API's port.</summary>
    public int HttpsPort { get; } = FreePort();

    /// <summary>The name of its node.</summary>
    public string NodeName { get; }

    /// <summary>Addresses of its pods.</summary>
    public string ClusterCidr { get; }

    /// <summary>Addresses of its Services.</summary>
    public string ServiceCidr { get; }

    /// <summary>The runtime its pods run in.</summary>
    public string Runtime { get; init; } = "embedded";

    /// <summary>The admin's kubeconfig; there once it was started.</summary>
    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");

    internal static string Configuration => AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    /// <summary>A new instance; nothing runs yet.</summary>
    public static MiniKubeInstance Create(string runtime = "embedded")
    {
        var scratch = Directory.CreateTempSubdirectory("minikube-e2e-").FullName;
        return new MiniKubeInstance(scratch, Interlocked.Increment(ref _count)) { Runtime = runtime };
    }

    /// <summary>Starts <c>minikube server</c> and waits until its node is ready.</summary>
    public async Task<ForegroundProgram> StartServerAsync(CancellationToken cancellationToken)
    {
        var server = new ForegroundProgram(Binary, ["server", .. Flags], Environment);
        await WaitForNodeAsync(server, cancellationToken);
        return server;
    }

    /// <summary>Starts <c>minikube server --disable-agent</c> and waits until it is ready: no node, so no rights are needed.</summary>
    public async Task<ForegroundProgram> StartControlPlaneAsync(CancellationToken cancellationToken)
    {
        var server = new ForegroundProgram(Binary, ["server", "--disable-agent", .. Flags], Environment);
        await Eventually.HoldsAsync("the server is ready", async () =>
        {
            server.MustRun();
            return (await RunAsync(["status"], cancellationToken)).ExitCode == 0;
        }, cancellationToken);
        return server;
    }

    /// <summary>Runs <c>minikube server</c> where it must fail, with more flags that win over those of the instance.</summary>
    public Task<ProgramRun> FailToServeAsync(IReadOnlyList<string> flags, CancellationToken cancellationToken)
        => RunAsync(["server", .. flags, .. FlagsWithout(flags)], cancellationToken);

    /// <summary>Starts <c>minikube up</c> with files and waits until it says that everything is ready.</summary>
    public async Task<ForegroundProgram> UpAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var up = new ForegroundProgram(Binary, ["up", .. files, .. Flags], Environment);
        await up.PrintsAsync("Press Ctrl-C to stop.", cancellationToken);
        return up;
    }

    /// <summary>Runs a command of minikube against this instance.</summary>
    public Task<ProgramRun> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => ProgramRun.OfAsync(Binary, arguments, Environment, cancellationToken);

    /// <summary>Runs kubectl against this instance.</summary>
    public Task<ProgramRun> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => ProgramRun.OfAsync("kubectl", arguments, Environment, cancellationToken);

    /// <summary>What kubectl prints when it succeeds, which it must.</summary>
    public async Task<string> KubectlOutputAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => (await KubectlAsync(arguments, cancellationToken)).Success();

    /// <summary>A copy of a sample with a node port of its own; returns the folder and the port.</summary>
    public (string Folder, int NodePort) CopySample(string name, int nodePort)
    {
        var port = FreePort(30_000, 32_767);
        var folder = Directory.CreateDirectory(Path.Combine(_scratch, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.PathOf($"samples/{name}"), "*.yaml"))
        {
            var text = File.ReadAllText(file).Replace($"nodePort: {nodePort}", $"nodePort: {port}", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(file)), text);
        }

        return (folder, port);
    }

    /// <summary>A file of this instance's scratch folder.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_scratch, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A file of this instance's scratch folder.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_scratch, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await RunAsync(["uninstall", "--data-dir", DataDirectory], patience.Token);
        Directory.Delete(_scratch, recursive: true);
    }

    private string[] Flags =>
    [
        "--data-dir", DataDirectory, "--https-port", $"{HttpsPort}", "--node-name", NodeName, "--runtime", Runtime,
        "--cluster-cidr", ClusterCidr, "--service-cidr", ServiceCidr,
    ];

    private IEnumerable<string> FlagsWithout(IReadOnlyList<string> flags)
        => Flags.Chunk(2).Where(pair => !flags.Contains(pair[0])).SelectMany(static pair => pair);

    private Dictionary<string, string> Environment => new()
    {
        ["KUBECONFIG"] = Kubeconfig,
        // kubectl keeps what it learnt about a server; servers come and go here.
        ["HOME"] = _scratch,
    };

    private async Task WaitForNodeAsync(ForegroundProgram server, CancellationToken cancellationToken)
        => await Eventually.GetsAsync(
            "the node is ready",
            async () =>
            {
                server.MustRun();
                return (await RunAsync(["get", "nodes", "--no-headers"], cancellationToken)).Output;
            },
            nodes => nodes.Contains(" Ready ", StringComparison.Ordinal),
            cancellationToken);

    /// <summary>A port nobody listens on.</summary>
    public static int FreePort(int first = 20_000, int last = 29_999)
    {
        for (var port = first + (7 * Interlocked.Increment(ref _ports)) + (System.Environment.ProcessId % 500); port <= last; port++)
        {
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no free port from {first} to {last}");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
