using System.Diagnostics;
using System.Security.Cryptography;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Starting, dying, coming back and cleaning up in the embedded runtime.</summary>
[Category("LinuxRoot")]
public sealed class EmbeddedLifeTests
{
    private const int PatienceMs = 120_000;

    [Test, CancelAfter(PatienceMs)]
    public async Task A_killed_monitor_takes_its_containers_along_and_the_sandbox_can_only_be_removed(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var spec = box.Spec();
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "604"), cancellationToken, spec);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = box.Runtime.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var news = events.MoveNextAsync();

        Process.GetProcessById(box.Shims()[0]).Kill();
        await news;

        Assert.That((await box.Runtime.ListSandboxesAsync(cancellationToken)).Single().Ready, Is.False);
        Assert.That((await box.StatusAsync(id, cancellationToken)).Phase, Is.EqualTo(ContainerPhase.Exited));
        await Eventually.HoldsAsync("none runs", () => Task.FromResult(box.Processes().Count == 0), cancellationToken);
        Assert.That(
            async () => await box.Runtime.StartContainerAsync(
                spec.Id, EmbeddedBox.Container("true") with { Attempt = 1 }, cancellationToken),
            Throws.TypeOf<RuntimeException>());
        await box.Runtime.RemoveSandboxAsync(spec.Id, cancellationToken);
        Assert.That(await box.Runtime.ListSandboxesAsync(cancellationToken), Is.Empty);
        await stop.CancelAsync();
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_ended_while_nobody_looked_is_known_after_a_restart(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var failing = await box.StartAsync(EmbeddedBox.Container("sh", "-c", "sleep 0.5; exit 9"), cancellationToken);
        var (ended, spec) = (await box.StartAsync(EmbeddedBox.Container("sh", "-c", "exit 3"), cancellationToken), box.Shims());

        await box.RestartAsync();
        await Eventually.GetsAsync(
            "both ended",
            () => box.Runtime.ListContainersAsync(cancellationToken),
            all => all.All(one => one.Phase == ContainerPhase.Exited),
            cancellationToken);
        foreach (var shim in spec)
        {
            Process.GetProcessById(shim).Kill();
        }

        await box.RestartAsync();

        Assert.That((await box.StatusAsync(failing, cancellationToken)).ExitCode, Is.EqualTo(9));
        Assert.That((await box.StatusAsync(ended, cancellationToken)).ExitCode, Is.EqualTo(3));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_data_directory_may_have_a_long_name(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(
            cancellationToken, Path.Combine([.. Enumerable.Repeat("a,long:name with spaces", 9)]));

        var log = await box.RunAsync(EmbeddedBox.Container("echo", "here"), cancellationToken);

        Assert.That(log, Is.EqualTo("here\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_large_log_is_rotated_and_followed_without_a_gap(CancellationToken cancellationToken)
    {
        const int Lines = 250_000;
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);

        var id = await box.StartAsync(EmbeddedBox.Container("log", "--lines", $"{Lines}", "--size", "60"), cancellationToken);
        var followed = (await box.LogAsync(id, new LogQuery { Follow = true }, cancellationToken)).Split('\n')[..^1];
        var tail = await box.LogAsync(id, new LogQuery { TailLines = 1 }, cancellationToken);

        Assert.That(followed, Has.Length.EqualTo(Lines));
        Assert.That(followed[^1], Does.StartWith($"line {Lines}."));
        Assert.That(tail, Does.StartWith($"line {Lines}."));
        Assert.That(Directory.GetFiles(box.Data, "log.1", SearchOption.AllDirectories), Is.Not.Empty);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Much_data_passes_through_an_executed_process_unharmed(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "605"), cancellationToken);
        var sent = RandomNumberGenerator.GetBytes(5_000_000);

        await using var process = await box.Runtime.ExecAsync(id, new ProcessSpec(["cat"], Stdin: true, Tty: false), cancellationToken);
        var writing = WriteAsync(process.Stdin, sent, cancellationToken);
        using var received = new MemoryStream();
        await process.Stdout.CopyToAsync(received, cancellationToken);
        await writing;

        Assert.That(received.ToArray(), Is.EqualTo(sent));
        Assert.That(await process.WaitAsync(cancellationToken), Is.Zero);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Letting_go_of_an_executed_process_kills_it(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "606"), cancellationToken);
        var process = await box.Runtime.ExecAsync(id, new ProcessSpec(["sleep", "607"], Stdin: false, Tty: true), cancellationToken);
        Assert.That(box.Processes(), Has.Count.EqualTo(2));

        await process.DisposeAsync();

        await Eventually.HoldsAsync("only the container runs", () => Task.FromResult(box.Processes().Count == 1), cancellationToken);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_terminal_is_the_containers_own_and_has_the_size_it_was_told(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "608"), cancellationToken);

        await using var process = await box.Runtime.ExecAsync(
            id, new ProcessSpec(["sh", "-c", "cat > /tmp/x; tty; ls /dev/pts"], Stdin: true, Tty: true), cancellationToken);
        await process.ResizeAsync(100, 40, cancellationToken);
        await process.Stdin.WriteAsync("typed\n\x04"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(process.Stdout);
        var output = await reader.ReadToEndAsync(cancellationToken);

        Assert.That(output, Does.Contain("100x40").And.Contain("\r\n0\r\n").And.Contain("typed"));
    }

    [TestCase(new[] { "nothing" }, "executable file not found in $PATH")]
    [TestCase(new[] { "/bin/nothing" }, "no such file or directory")]
    [TestCase(new[] { "/etc/passwd" }, "permission denied")]
    [CancelAfter(PatienceMs)]
    public async Task What_cannot_be_executed_is_said_in_Dockers_words(string[] command, string words, CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "609"), cancellationToken);

        var exec = Assert.ThrowsAsync<RuntimeException>(
            () => box.Runtime.ExecAsync(id, new ProcessSpec(command, Stdin: false, Tty: false), cancellationToken));
        var start = Assert.ThrowsAsync<RuntimeException>(
            () => box.StartAsync(EmbeddedBox.Container(command), cancellationToken));

        Assert.That(exec, Has.Property("Error").EqualTo(RuntimeError.CannotRun).And.Message.Contains(words));
        Assert.That(start, Has.Property("Error").EqualTo(RuntimeError.CannotRun).And.Message.Contains(words));
        Assert.That(await box.Runtime.ListContainersAsync(cancellationToken), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_image_can_be_removed_under_a_container_and_goes_with_the_last_one(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var spec = box.Spec();
        var id = await box.StartAsync(EmbeddedBox.Container("sleep", "610"), cancellationToken, spec);

        await box.Runtime.RemoveImageAsync(BundledImages.Testbox, cancellationToken);
        await using var process = await box.Runtime.ExecAsync(
            id, new ProcessSpec(["cat", "/etc/passwd"], Stdin: false, Tty: false), cancellationToken);

        Assert.That(await process.WaitAsync(cancellationToken), Is.Zero);
        Assert.That(await box.Runtime.FindImageAsync(BundledImages.Testbox, cancellationToken), Is.Null);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Twenty_pods_start_at_once_each_with_an_address_of_its_own(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var specs = Enumerable.Range(0, 20).Select(_ => box.Spec() with { HostNetwork = false }).ToList();

        await Task.WhenAll(specs.Select(spec => box.StartAsync(EmbeddedBox.Container("sleep", "611"), cancellationToken, spec)));

        var sandboxes = await box.Runtime.ListSandboxesAsync(cancellationToken);
        Assert.That(sandboxes.Select(one => one.Ip).Distinct().Count(), Is.EqualTo(20));
        Assert.That(
            await box.Runtime.ListContainersAsync(cancellationToken), Has.Exactly(20).Property("Phase").EqualTo(ContainerPhase.Running));
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.DisposeAsync();
    }
}
