using System.Net;
using System.Text;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>What every way to a node promises, with the same words for every failure.</summary>
public abstract class NodeEndpointContract
{
    private const int PatienceMs = 60_000;

    private ConnectedNode _node = null!;

    /// <summary>The way under test, from the API server's side.</summary>
    protected abstract INodeEndpoint Endpoint(ConnectedNode node);

    /// <summary>The node with what the way needs.</summary>
    protected virtual Task<ConnectedNode> StartAsync(CancellationToken cancellationToken)
        => ConnectedNode.StartAsync(IPAddress.Loopback, cancellationToken);

    [SetUp]
    public async Task SetUpAsync() => _node = await StartAsync(CancellationToken.None);

    [TearDown]
    public async Task TearDownAsync() => await _node.DisposeAsync();

    [Test, CancelAfter(PatienceMs)]
    public async Task A_log_comes_whole_and_by_its_options(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.WriteLog(pod, "main", "one");
        _node.Runtime.WriteLog(pod, "main", "two");

        Assert.That(await LogAsync(pod, "main", new LogOptions(), cancellationToken), Is.EqualTo("one\ntwo\n"));
        Assert.That(await LogAsync(pod, "main", new LogOptions { TailLines = 1 }, cancellationToken), Is.EqualTo("two\n"));
        Assert.That(await LogAsync(pod, "main", new LogOptions { LimitBytes = 2 }, cancellationToken), Is.EqualTo("on"));
        Assert.That(
            await LogAsync(pod, "main", new LogOptions { Timestamps = true, TailLines = 1 }, cancellationToken),
            Does.Match(@"^\d{4}-.*Z two\n$"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_followed_log_comes_as_it_is_written_and_ends_when_cancelled(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = new System.IO.Pipelines.Pipe();
        var following = Endpoint(_node).CopyLogsAsync(
            new ContainerAddress(pod, "main"), new LogOptions { Follow = true }, output.Writer.AsStream(), enough.Token);
        using var reader = new StreamReader(output.Reader.AsStream());

        _node.Runtime.WriteLog(pod, "main", "first");
        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("first"));
        _node.Runtime.WriteLog(pod, "main", "second");
        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("second"));
        await enough.CancelAsync();

        Assert.That(async () => await following, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_followed_log_ends_with_the_container(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        var output = new System.IO.Pipelines.Pipe();
        var following = Endpoint(_node).CopyLogsAsync(
            new ContainerAddress(pod, "main"), new LogOptions { Follow = true }, output.Writer.AsStream(), cancellationToken);
        using var reader = new StreamReader(output.Reader.AsStream());
        _node.Runtime.WriteLog(pod, "main", "last words");
        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("last words"));

        _node.Runtime.Exit(pod, "main", 0);

        await following;
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_is_not_there_is_told_in_the_kubelets_words(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        var nobody = new ObjectKey("default", "nobody");

        Assert.That(
            await RefusalAsync(LogAsync(pod, "other", new LogOptions(), cancellationToken)),
            Is.EqualTo((StatusReason.BadRequest, "container other is not valid for pod web")));
        Assert.That(
            await RefusalAsync(LogAsync(pod, "main", new LogOptions { Previous = true }, cancellationToken)),
            Is.EqualTo((StatusReason.BadRequest, "previous terminated container \"main\" in pod \"web\" not found")));
        Assert.That(
            await RefusalAsync(LogAsync(nobody, "main", new LogOptions(), cancellationToken)),
            Is.EqualTo((StatusReason.NotFound, "pods \"nobody\" not found")));
        Assert.That(
            await RefusalAsync(Endpoint(_node).ExecAsync(
                new ContainerAddress(nobody, "main"), new ExecOptions(["true"]), cancellationToken)),
            Is.EqualTo((StatusReason.NotFound, "pods \"nobody\" not found")));
        Assert.That(
            await RefusalAsync(Endpoint(_node).ConnectAsync(nobody, 80, cancellationToken)),
            Is.EqualTo((StatusReason.NotFound, "pods \"nobody\" not found")));
        Assert.That(
            await RefusalAsync(Endpoint(_node).ConnectAsync(pod, 81, cancellationToken)),
            Is.EqualTo((
                StatusReason.InternalError,
                "error forwarding port 81 to pod web: nothing listens on port 81 in the pod (connection refused)")));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Exec_carries_all_streams_and_the_exit_code(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.Starter = static spec => new RepeatingProcess(spec);
        var command = new ExecOptions(["say", "a b&c", "7"]) { Stdin = true };
        await using var process = await Endpoint(_node).ExecAsync(new ContainerAddress(pod, "main"), command, cancellationToken);
        var errors = ReadAsync(process.Stderr, cancellationToken);
        var output = ReadAsync(process.Stdout, cancellationToken);

        await process.Stdin.WriteAsync(Encoding.UTF8.GetBytes("hello\n"), cancellationToken);
        await process.Stdin.DisposeAsync();

        Assert.That(await process.WaitAsync(cancellationToken), Is.EqualTo(7));
        Assert.That((await output, await errors), Is.EqualTo(("hello\n", "say a b&c 7")));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_terminal_learns_its_size(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.Starter = static spec => new RepeatingProcess(spec);
        var command = new ExecOptions(["sh"]) { Stdin = true, Tty = true };
        await using var process = await Endpoint(_node).ExecAsync(new ContainerAddress(pod, "main"), command, cancellationToken);
        using var reader = new StreamReader(process.Stdout);

        await process.ResizeAsync(132, 43, cancellationToken);

        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("132x43"));
        Assert.That(process.Stderr, Is.SameAs(Stream.Null));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Letting_go_of_a_process_ends_it(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        RepeatingProcess? started = null;
        _node.Runtime.Starter = spec => started = new RepeatingProcess(spec);
        var process = await Endpoint(_node).ExecAsync(
            new ContainerAddress(pod, "main"), new ExecOptions(["cat"]) { Stdin = true }, cancellationToken);

        await process.DisposeAsync();

        await started!.Killed.Task.WaitAsync(cancellationToken);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Attach_carries_input_and_output_and_ends_with_the_container(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.WriteLog(pod, "main", "before");
        await using var process = await Endpoint(_node).AttachAsync(
            new ContainerAddress(pod, "main"), new AttachOptions { Stdin = true }, cancellationToken);
        using var reader = new StreamReader(process.Stdout);

        await process.Stdin.WriteAsync("echo\n"u8.ToArray(), cancellationToken);
        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("echo"), "what was said before is not repeated");
        _node.Runtime.Exit(pod, "main", 3);

        Assert.That(await reader.ReadToEndAsync(cancellationToken), Is.Empty);
        Assert.That(await process.WaitAsync(cancellationToken), Is.Zero);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Letting_go_of_an_attached_container_leaves_it_running(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        var process = await Endpoint(_node).AttachAsync(
            new ContainerAddress(pod, "main"), new AttachOptions { Stdin = true }, cancellationToken);

        await process.DisposeAsync();

        _node.Runtime.WriteLog(pod, "main", "still here");
        Assert.That(await LogAsync(pod, "main", new LogOptions(), cancellationToken), Is.EqualTo("still here\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_port_carries_a_lot_both_ways_and_each_direction_ends_by_itself(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        await using var server = new EchoServer();
        _node.Runtime.Listeners[80] = server.Address;
        var sent = new byte[5 << 20];
        new Random(3).NextBytes(sent);
        await using var connection = await Endpoint(_node).ConnectAsync(pod, 80, cancellationToken);

        var writing = WriteAsync(connection, sent, cancellationToken);
        using var received = new MemoryStream();
        await connection.CopyToAsync(received, cancellationToken);
        await writing;

        Assert.That(received.ToArray().AsSpan().SequenceEqual(sent), Is.True, $"{received.Length} bytes came back");
    }

    private static async Task WriteAsync(DuplexStream connection, byte[] bytes, CancellationToken cancellationToken)
    {
        await connection.WriteAsync(bytes, cancellationToken);
        await connection.CompleteWritesAsync(cancellationToken);
    }

    private static async Task<(StatusReason Reason, string Message)> RefusalAsync(Task asking)
    {
        try
        {
            await asking;
        }
        catch (ApiException refusal)
        {
            return (refusal.Reason, refusal.Message);
        }

        throw new AssertionException("it was not refused");
    }

    private async Task<string> LogAsync(
        ObjectKey pod, string container, LogOptions options, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await Endpoint(_node).CopyLogsAsync(new ContainerAddress(pod, container), options, output, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
