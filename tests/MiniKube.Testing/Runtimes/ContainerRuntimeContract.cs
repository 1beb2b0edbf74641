using System.Net;
using System.Text;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <summary>
/// What every runtime that really runs containers promises. Each runtime's fixture inherits all of it and supplies only the
/// runtime. Docker is the oracle for the embedded one.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[NonParallelizable]
public abstract partial class ContainerRuntimeContract
{
    private const int PatienceMs = 60_000;
    private IContainerRuntime _runtime = null!;
    private int _number;

    /// <summary>Where the runtime and the tests keep their files.</summary>
    protected string Scratch { get; private set; } = "";

    /// <summary>The runtime over the fixture's state; a second call finds what the first one started.</summary>
    protected abstract IContainerRuntime Open();

    /// <summary>Skips or fails when this machine cannot run the fixture.</summary>
    protected abstract Task RequireAsync(CancellationToken cancellationToken);

    /// <summary>The pod addresses of the fixture: of nobody else on this machine.</summary>
    protected abstract IPNetwork PodCidr { get; }

    [OneTimeSetUp]
    public async Task SetUpAsync()
    {
        await RequireAsync(CancellationToken.None);
        Scratch = Directory.CreateTempSubdirectory("mk-").FullName;
        _runtime = Open();
        await _runtime.ConfigureAsync(PodCidr, CancellationToken.None);
        await using var image = BundledImages.OpenTestbox();
        await _runtime.LoadImageAsync(image, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task TearDownAsync()
    {
        if (_runtime is not null)
        {
            await _runtime.TearDownAsync(CancellationToken.None);
            Assert.That(await _runtime.ListSandboxesAsync(CancellationToken.None), Is.Empty, "nothing is left");
            await _runtime.DisposeAsync();
            Directory.Delete(Scratch, recursive: true);
        }
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_sandbox_has_an_address_of_the_pod_network(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);

        Assert.That(sandbox.Ready, Is.True);
        Assert.That(sandbox.Ip, Is.Not.Null);
        Assert.That(PodCidr.Contains(sandbox.Ip!), Is.True, $"{sandbox.Ip} in {PodCidr}");
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Running_the_same_sandbox_again_gives_the_one_that_is_there(CancellationToken cancellationToken)
    {
        var spec = Spec();
        var first = await _runtime.RunSandboxAsync(spec, cancellationToken);

        var second = await _runtime.RunSandboxAsync(spec, cancellationToken);

        Assert.That(second.Ip, Is.EqualTo(first.Ip));
    }

    [TestCase("true", 0)]
    [TestCase("exit 7", 7)]
    [CancelAfter(PatienceMs)]
    public async Task A_container_ends_with_the_code_of_its_process(string command, int code, CancellationToken cancellationToken)
    {
        var status = await RunToEndAsync(Container("sh", "-c", command), cancellationToken);

        Assert.That(status.ExitCode, Is.EqualTo(code));
        Assert.That(status.Finished, Is.GreaterThanOrEqualTo(status.Started));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Environment_arguments_and_working_directory_reach_the_process(CancellationToken cancellationToken)
    {
        var container = Container("sh", "-c", "echo $COLOUR; pwd") with
        {
            Environment = [KeyValuePair.Create("COLOUR", "green")],
            WorkingDirectory = "/tmp",
        };

        var log = await LogOfAsync(container, cancellationToken);

        Assert.That(log, Is.EqualTo("green\n/tmp\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Without_a_command_the_image_says_what_runs(CancellationToken cancellationToken)
    {
        var log = await LogOfAsync(Container() with { Command = null }, cancellationToken);

        Assert.That(log, Does.Contain("testbox"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_host_name_is_the_pods(CancellationToken cancellationToken)
    {
        var log = await LogOfAsync(Container("hostname"), cancellationToken);

        Assert.That(log.Trim(), Does.StartWith("pod-"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_log_can_be_read_from_its_end_and_after_the_container_has_ended(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sh", "-c", "echo one; echo two; echo three"), cancellationToken);
        await EndOfAsync(id, cancellationToken);

        var tail = await LogAsync(id, new LogQuery { TailLines = 2 }, cancellationToken);
        var limited = await LogAsync(id, new LogQuery { LimitBytes = 5 }, cancellationToken);
        var stamped = await LogAsync(id, new LogQuery { Timestamps = true, TailLines = 1 }, cancellationToken);

        Assert.That(tail, Is.EqualTo("two\nthree\n"));
        Assert.That(limited, Is.EqualTo("one\nt"));
        Assert.That(stamped, Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z three\n$"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Following_a_log_ends_with_the_container(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sh", "-c", "echo first; sleep 1; echo last"), cancellationToken);

        var log = await LogAsync(id, new LogQuery { Follow = true }, cancellationToken);

        Assert.That(log, Is.EqualTo("first\nlast\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_end_of_a_container_is_told_to_watchers(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = _runtime.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var next = NextAsync(events, sandbox.Id);

        await _runtime.StartContainerAsync(sandbox.Id, Container("true"), cancellationToken);

        Assert.That(await next.WaitAsync(cancellationToken), Is.EqualTo(sandbox.Id));
        await stop.CancelAsync();
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Stopping_sends_SIGTERM_first_and_is_harmless_when_repeated(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);

        await _runtime.StopContainerAsync(id, TimeSpan.FromSeconds(30), cancellationToken);
        await _runtime.StopContainerAsync(id, TimeSpan.FromSeconds(30), cancellationToken);

        var status = await StatusAsync(id, cancellationToken);
        Assert.That(status.Phase, Is.EqualTo(ContainerPhase.Exited));
        Assert.That(status.ExitCode, Is.EqualTo(128 + 15));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Stopping_without_grace_kills(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);

        await _runtime.StopContainerAsync(id, TimeSpan.Zero, cancellationToken);

        Assert.That((await StatusAsync(id, cancellationToken)).Phase, Is.EqualTo(ContainerPhase.Exited));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_process_can_be_run_in_a_container_with_input_and_exit_code(CancellationToken cancellationToken)
    {
        var id = await SleeperAsync(cancellationToken);
        await using var process = await _runtime.ExecAsync(
            id, new ProcessSpec(["sh", "-c", "cat; echo problem >&2; exit 3"], Stdin: true, Tty: false), cancellationToken);

        await process.Stdin.WriteAsync("hello"u8.ToArray(), cancellationToken);
        await process.Stdin.DisposeAsync();
        var output = await ReadAsync(process.Stdout, cancellationToken);
        var errors = await ReadAsync(process.Stderr, cancellationToken);

        Assert.That(output, Is.EqualTo("hello"));
        Assert.That(errors, Is.EqualTo("problem\n"));
        Assert.That(await process.WaitAsync(cancellationToken), Is.EqualTo(3));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_process_with_a_terminal_writes_to_one_stream(CancellationToken cancellationToken)
    {
        var id = await SleeperAsync(cancellationToken);
        await using var process = await _runtime.ExecAsync(
            id, new ProcessSpec(["sh", "-c", "echo out; echo err >&2"], Stdin: true, Tty: true), cancellationToken);
        await process.ResizeAsync(100, 40, cancellationToken);

        var output = await ReadAsync(process.Stdout, cancellationToken);

        Assert.That(output, Does.Contain("out\r\n").And.Contain("err\r\n"));
        Assert.That(await process.WaitAsync(cancellationToken), Is.Zero);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_new_size_for_the_terminal_of_a_process_that_has_ended_is_ignored(CancellationToken cancellationToken)
    {
        var id = await SleeperAsync(cancellationToken);
        await using var process = await _runtime.ExecAsync(
            id, new ProcessSpec(["true"], Stdin: true, Tty: true), cancellationToken);
        await process.WaitAsync(cancellationToken);

        Assert.That(() => process.ResizeAsync(100, 40, cancellationToken), Throws.Nothing);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_command_that_does_not_exist_cannot_run(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);

        var error = Assert.ThrowsAsync<RuntimeException>(
            () => _runtime.StartContainerAsync(sandbox.Id, Container("no-such-program"), cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.CannotRun));
        Assert.That(error.Message, Does.Contain("no-such-program"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_image_that_is_not_there_is_said_so(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);

        var found = await _runtime.FindImageAsync("no/such:image", cancellationToken);
        var error = Assert.ThrowsAsync<RuntimeException>(() => _runtime.StartContainerAsync(
            sandbox.Id, Container("true") with { Image = "no/such:image" }, cancellationToken));

        Assert.That(found, Is.Null);
        Assert.That(error!.Error, Is.EqualTo(RuntimeError.ImageNotFound));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Mounts_show_the_nodes_files_and_read_only_ones_refuse_writes(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Scratch, "mounted")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "given"), "from the node\n", cancellationToken);
        var container = Container("sh", "-c", "cat /ro/given; echo x > /rw/made; echo y > /ro/made") with
        {
            Mounts = [new ContainerMount(directory, "/ro", ReadOnly: true), new ContainerMount(directory, "/rw", ReadOnly: false)],
        };

        var log = await LogOfAsync(container, cancellationToken);

        // Output and errors are two streams; which comes first is not said.
        Assert.That(log, Does.Contain("from the node\n").And.Contain("Read-only file system"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(directory, "made"), cancellationToken), Is.EqualTo("x\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_user_and_a_read_only_root_are_honoured(CancellationToken cancellationToken)
    {
        var container = Container("sh", "-c", "id; echo x > /file") with
        {
            Security = new ContainerSecurity { RunAsUser = 65532, RunAsGroup = 65532, ReadOnlyRootFilesystem = true },
        };

        var log = await LogOfAsync(container, cancellationToken);

        Assert.That(log, Does.Contain("Uid: 65532").And.Contain("Gid: 65532").And.Contain("Read-only file system"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_container_over_its_memory_limit_is_killed_and_said_so(CancellationToken cancellationToken)
    {
        var container = Container("stress", "mem", "200") with
        {
            Resources = new ContainerResources { MemoryLimitBytes = 32 << 20 },
        };

        var status = await RunToEndAsync(container, cancellationToken);

        Assert.That(status.OomKilled, Is.True);
        Assert.That(status.ExitCode, Is.EqualTo(137));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Containers_of_one_sandbox_share_its_network(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        await _runtime.StartContainerAsync(sandbox.Id, Container("web", "--port", "8080") with { Name = "web" }, cancellationToken);
        var asking = Container("sh", "-c", "sleep 1; get http://127.0.0.1:8080/healthz") with { Name = "asking" };
        var id = await _runtime.StartContainerAsync(sandbox.Id, asking, cancellationToken);

        var status = await EndOfAsync(id, cancellationToken);

        Assert.That(status.ExitCode, Is.Zero, await LogAsync(id, new LogQuery(), cancellationToken));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_container_sees_the_processes_of_the_one_it_is_put_beside(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var target = await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "604"), cancellationToken);
        var looking = Container("ps") with { Name = "looking", ProcessesOf = target };
        var id = await _runtime.StartContainerAsync(sandbox.Id, looking, cancellationToken);

        await EndOfAsync(id, cancellationToken);
        var log = await LogAsync(id, new LogQuery(), cancellationToken);
        await _runtime.StopContainerAsync(target, TimeSpan.Zero, cancellationToken);

        Assert.That(log, Does.Match(@"(?m)^ +1 sleep 604$").And.Match(@"(?m) ps$"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Another_process_finds_what_runs_and_takes_it_over(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);
        var before = await StatusAsync(id, cancellationToken);

        await using var second = Open();
        await second.ConfigureAsync(PodCidr, cancellationToken);
        var sandboxes = await second.ListSandboxesAsync(cancellationToken);
        var containers = await second.ListContainersAsync(cancellationToken);
        await second.StopContainerAsync(id, TimeSpan.Zero, cancellationToken);

        Assert.That(sandboxes.Single(one => one.Id == sandbox.Id), Is.EqualTo(sandbox));
        Assert.That(containers.Single(one => one.Id == id), Is.EqualTo(before));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_is_removed_is_gone(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);

        await _runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
        await _runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);

        Assert.That((await _runtime.ListSandboxesAsync(cancellationToken)).Select(one => one.Id), Has.No.Member(sandbox.Id));
        Assert.That((await _runtime.ListContainersAsync(cancellationToken)).Select(one => one.Id), Has.No.Member(id));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_file_that_is_no_archive_is_refused(CancellationToken cancellationToken)
    {
        using var archive = new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 2_000)));

        var error = Assert.ThrowsAsync<RuntimeException>(() => _runtime.LoadImageAsync(archive, cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.InvalidArchive).Or.EqualTo(RuntimeError.Failed));
        Assert.That((await _runtime.ListImagesAsync(cancellationToken)).SelectMany(one => one.Names), Has.Member(BundledImages.Testbox));
    }
}
