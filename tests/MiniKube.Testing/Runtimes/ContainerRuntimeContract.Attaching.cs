using System.Net.Sockets;
using System.Text;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <content>Attaching, connecting and counting.</content>
public abstract partial class ContainerRuntimeContract
{
    [Test, CancelAfter(PatienceMs)]
    public async Task An_attached_container_hears_and_is_heard_until_it_ends(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var container = Container("sh", "-c", "cat; echo bye; echo oops >&2") with { Stdin = true, StdinOnce = true };
        var id = await _runtime.StartContainerAsync(sandbox.Id, container, cancellationToken);
        await using var attached = await _runtime.AttachAsync(id, new AttachSpec(true, true, true), cancellationToken);
        var output = ReadAsync(attached.Stdout, cancellationToken);
        var errors = ReadAsync(attached.Stderr, cancellationToken);

        await attached.Stdin.WriteAsync("hello\n"u8.ToArray(), cancellationToken);
        await attached.Stdin.DisposeAsync();

        Assert.That((await output, await errors), Is.EqualTo(("hello\nbye\n", "oops\n")));
        Assert.That(await attached.WaitAsync(cancellationToken), Is.Zero);
        Assert.That(await LogAsync(id, new LogQuery(), cancellationToken), Does.Contain("bye"), "the log has it too");
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_container_outlives_those_who_attach_and_keeps_its_input(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var id = await _runtime.StartContainerAsync(sandbox.Id, Container("cat") with { Stdin = true }, cancellationToken);
        for (var turn = 1; turn <= 2; turn++)
        {
            await using var attached = await _runtime.AttachAsync(id, new AttachSpec(true, true, true), cancellationToken);
            using var reader = new StreamReader(attached.Stdout);
            await attached.Stdin.WriteAsync(Encoding.UTF8.GetBytes($"turn {turn}\n"), cancellationToken);
            Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo($"turn {turn}"));
        }

        Assert.That((await StatusAsync(id, cancellationToken)).Phase, Is.EqualTo(ContainerPhase.Running));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_attached_terminal_is_one_stream_and_has_a_size(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var container = Container("sh") with { Stdin = true, Tty = true };
        var id = await _runtime.StartContainerAsync(sandbox.Id, container, cancellationToken);
        await using var attached = await _runtime.AttachAsync(id, new AttachSpec(true, true, true), cancellationToken);

        await attached.ResizeAsync(91, 33, cancellationToken);
        await attached.Stdin.WriteAsync("tty; exit 0\n"u8.ToArray(), cancellationToken);

        Assert.That(await ReadAsync(attached.Stdout, cancellationToken), Does.Contain("91").And.Contain("33"));
        Assert.That(attached.Stderr, Is.SameAs(Stream.Null));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_does_not_run_cannot_be_attached_to(CancellationToken cancellationToken)
    {
        var ended = await RunToEndAsync(Container("true"), cancellationToken);

        var refusal = Assert.ThrowsAsync<RuntimeException>(
            () => _runtime.AttachAsync(ended.Id, new AttachSpec(false, true, true), cancellationToken));

        Assert.That(refusal!.Error, Is.EqualTo(RuntimeError.NotFound));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_port_is_reached_as_from_localhost_in_the_sandbox(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        var container = Container("web", "--port", "8080");
        await _runtime.StartContainerAsync(sandbox.Id, container, cancellationToken);
        using var socket = await Eventually.GetsAsync(
            "the port answers",
            () => TryConnectAsync(sandbox.Id, 8080, cancellationToken),
            static one => one is not null,
            cancellationToken);
        await using var stream = new NetworkStream(socket!);

        await stream.WriteAsync("GET /client HTTP/1.0\r\n\r\n"u8.ToArray(), cancellationToken);

        Assert.That(await ReadAsync(stream, cancellationToken), Does.Contain("127.0.0.1").Or.Contain("::1"), "either loopback");
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_port_nobody_listens_on_is_refused_with_its_number(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);

        var refusal = Assert.ThrowsAsync<RuntimeException>(() => _runtime.ConnectAsync(sandbox.Id, 81, cancellationToken));

        Assert.That(refusal!.Message, Is.EqualTo("nothing listens on port 81 in the pod (connection refused)"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_a_running_container_uses_is_counted(CancellationToken cancellationToken)
    {
        var id = await SleeperAsync(cancellationToken);

        var usage = (await _runtime.ListUsageAsync(cancellationToken)).Single(one => one.ContainerId == id);

        Assert.That(usage.WorkingSetBytes, Is.GreaterThan(0).And.LessThanOrEqualTo(usage.MemoryBytes!.Value));
        Assert.That(usage.CpuNanoseconds, Is.GreaterThan(0));
    }

    private async Task<Socket?> TryConnectAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await _runtime.ConnectAsync(sandboxId, port, cancellationToken);
        }
        catch (RuntimeException refused) when (refused.Error == RuntimeError.Failed)
        {
            return null; // It does not listen yet.
        }
    }
}
