namespace MiniKube.Testing;

/// <summary>
/// A cluster of the real binary over the machines of a segment of its own: a server on machine <c>a</c>, agents on the others.
/// Disposing ends everything; what the programs logged is in the failure of whatever waits for them.
/// </summary>
public sealed class LabCluster : IAsyncDisposable
{
    private readonly LabSegment _segment;
    private readonly Func<string, string> _runtimeOf;
    private readonly Dictionary<LabMachine, ForegroundProgram> _running = [];

    private LabCluster(LabSegment segment, Func<string, string> runtimeOf)
    {
        _segment = segment;
        _runtimeOf = runtimeOf;
    }

    /// <summary>The program of the bundled image, to run on a machine itself.</summary>
    public static string Testbox
        => RepositoryFiles.PathOf($"src/MiniKube.Testbox/bin/{MiniKubeInstance.Configuration}/net10.0/linux-x64/native/testbox");

    /// <summary>Where the server runs.</summary>
    public LabMachine Server => _segment.Machines[0];

    /// <summary>Every machine, the server's first.</summary>
    public IReadOnlyList<LabMachine> Machines => _segment.Machines;

    /// <summary>The URL machines join at.</summary>
    public string Url => $"https://{Server.Address}:6443";

    /// <summary>What a machine needs to join, as the server wrote it down to be copied.</summary>
    public string Token => File.ReadAllText(Path.Combine(Server.DataDirectory, "node-token")).Trim();

    /// <summary>Starts a server and agents, and waits until all nodes are Ready.</summary>
    public static Task<LabCluster> StartAsync(
        string runtime, IReadOnlyList<string> agents, IReadOnlyList<string> serverFlags, CancellationToken cancellationToken)
        => StartAsync(_ => runtime, agents, serverFlags, ownClocks: false, cancellationToken);

    /// <summary>The same, with a clock of its own for each machine.</summary>
    public static Task<LabCluster> StartAsync(
        string runtime, IReadOnlyList<string> agents, IReadOnlyList<string> serverFlags, bool ownClocks,
        CancellationToken cancellationToken)
        => StartAsync(_ => runtime, agents, serverFlags, ownClocks, cancellationToken);

    /// <summary>The same with a runtime for each machine; one whose runtime is <c>docker</c> has an engine of its own.</summary>
    public static async Task<LabCluster> StartAsync(
        Func<string, string> runtimeOf, IReadOnlyList<string> agents, IReadOnlyList<string> serverFlags, bool ownClocks,
        CancellationToken cancellationToken)
    {
        var cluster = new LabCluster(await LabSegment.CreateAsync(cancellationToken), runtimeOf);
        try
        {
            await cluster.AddAsync("a", ownClocks, cancellationToken);
            await cluster.StartServerAsync(serverFlags, cancellationToken);
            foreach (var agent in agents)
            {
                cluster.StartAgent(await cluster.AddAsync(agent, ownClocks, cancellationToken));
            }

            await cluster.NodesAreReadyAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The machine of a name.</summary>
    public LabMachine Machine(string name) => Machines.Single(machine => machine.Name == name);

    /// <summary>Adds a machine that runs no minikube yet.</summary>
    public Task<LabMachine> AddMachineAsync(string name, CancellationToken cancellationToken)
        => AddAsync(name, ownClock: false, cancellationToken);

    /// <summary>What minikube on a machine said so far.</summary>
    public ForegroundProgram ProgramOn(LabMachine machine) => _running[machine];

    /// <summary>Starts the server and waits until it answers.</summary>
    public async Task StartServerAsync(IReadOnlyList<string> flags, CancellationToken cancellationToken)
    {
        var server = Start(Server, ["server", .. flags, .. Flags(Server)], new Dictionary<string, string>());
        await Eventually.HoldsAsync("the server answers", async () =>
        {
            server.MustRun();
            return File.Exists(Server.Kubeconfig) && (await KubectlAsync(["get", "--raw", "/readyz"], cancellationToken)).ExitCode == 0;
        }, cancellationToken);
    }

    /// <summary>Starts the agent of a machine; the first time it joins, later it knows its cluster.</summary>
    public ForegroundProgram StartAgent(LabMachine machine) => StartAgent(machine, new Dictionary<string, string>());

    /// <summary>Starts the agent of a machine with more in its environment.</summary>
    public ForegroundProgram StartAgent(LabMachine machine, IReadOnlyDictionary<string, string> environment)
        => Start(machine, ["agent", "--server", Url, "--token", Token, .. Flags(machine)], environment);

    /// <summary>Starts minikube on a machine with a whole command line.</summary>
    public ForegroundProgram Start(
        LabMachine machine, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var program = machine.Start(MiniKubeInstance.Binary, arguments, environment);
        _running[machine] = program;
        return program;
    }

    /// <summary>Ends minikube on a machine with a signal; its pods go on.</summary>
    public Task EndAsync(LabMachine machine, string signal, CancellationToken cancellationToken)
        => _running[machine].EndAsync(signal, cancellationToken);

    /// <summary>Runs kubectl where the server is.</summary>
    public Task<ProgramRun> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => Server.RunAsync("kubectl", arguments, cancellationToken);

    /// <summary>What kubectl prints when it succeeds, which it must.</summary>
    public async Task<string> KubectlOutputAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => (await KubectlAsync(arguments, cancellationToken)).Success();

    /// <summary>Applies a manifest.</summary>
    public Task ApplyAsync(string manifest, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_segment.Scratch, $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, manifest);
        return KubectlOutputAsync(["apply", "-f", file], cancellationToken);
    }

    /// <summary>Waits until every machine's node is Ready.</summary>
    public Task NodesAreReadyAsync(CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{Machines.Count} nodes are Ready",
            async () =>
            {
                foreach (var program in _running.Values)
                {
                    program.MustRun();
                }

                return (await KubectlAsync(["get", "nodes", "--no-headers"], cancellationToken)).Output;
            },
            nodes => nodes.Split('\n').Count(static line => line.Contains(" Ready ", StringComparison.Ordinal)) == Machines.Count,
            TimeSpan.FromSeconds(60),
            cancellationToken);

    /// <summary>The pods of a label selector that are Ready and not on their way out.</summary>
    public async Task<IReadOnlyList<LabPod>> PodsAsync(string selector, CancellationToken cancellationToken)
    {
        const string columns = "custom-columns=N:.metadata.name,I:.status.podIP,H:.spec.nodeName,D:.metadata.deletionTimestamp,"
            + "R:.status.conditions[?(@.type=='Ready')].status";
        var lines = await KubectlOutputAsync(["get", "pods", "-l", selector, "--no-headers", "-o", columns], cancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(static cells => cells[3] == "<none>" && cells[4] == "True")
            .Select(static cells => new LabPod(cells[0], cells[1], cells[2]))];
    }

    /// <summary>What a program prints in a pod, when it succeeds.</summary>
    public Task<string> ExecAsync(LabPod pod, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => KubectlOutputAsync(["exec", pod.Name, "--", .. command], cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Agents first: what they take down they tell the server.
        foreach (var machine in Machines.Reverse().Where(_running.ContainsKey))
        {
            await _running[machine].DisposeAsync();
        }

        await _segment.DisposeAsync();
    }

    private async Task<LabMachine> AddAsync(string name, bool ownClock, CancellationToken cancellationToken)
    {
        var machine = await _segment.AddAsync(name, cancellationToken);
        machine.Clock = ownClock ? new LabClock(Path.Combine(_segment.Scratch, $"{name}.clock")) : null;
        if (_runtimeOf(name) == "docker")
        {
            await machine.StartDockerAsync(cancellationToken);
        }

        return machine;
    }

    private string[] Flags(LabMachine machine)
    {
        string[] flags = ["--data-dir", machine.DataDirectory, "--node-name", machine.Name, "--runtime", _runtimeOf(machine.Name)];
        return _runtimeOf(machine.Name) == "docker" ? [.. flags, "--docker-endpoint", machine.DockerEndpoint] : flags;
    }
}

/// <summary>A pod that is Ready, where it runs and its address.</summary>
public sealed record LabPod(string Name, string Ip, string Node);
