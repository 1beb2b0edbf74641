using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What a container of the embedded runtime can see and do.</summary>
[Category("LinuxRoot")]
public sealed class EmbeddedIsolationTests
{
    private const int PatienceMs = 60_000;
    private const string DefaultCapabilities = "CapEff: 00000000a80425fb";

    [Test, CancelAfter(PatienceMs)]
    public async Task Root_in_a_container_has_few_rights_by_default(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);

        var identity = await box.RunAsync(EmbeddedBox.Container("id"), cancellationToken);

        Assert.That(identity, Does.Contain("Uid: 0 0 0 0").And.Contain(DefaultCapabilities));
        Assert.That(identity, Does.Contain("NoNewPrivs: 0").And.Contain("Seccomp: 0"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Rights_are_taken_away_when_asked(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var container = EmbeddedBox.Container("id") with
        {
            Security = new ContainerSecurity
            {
                DropCapabilities = ["ALL"],
                AllowPrivilegeEscalation = false,
                SeccompUnconfined = false,
                RunAsUser = 1000,
                SupplementalGroups = [2000],
            },
        };

        var identity = await box.RunAsync(container, cancellationToken);

        Assert.That(identity, Does.Contain("Uid: 1000").And.Contain("Groups: 2000"));
        Assert.That(identity, Does.Contain("CapEff: 0000000000000000").And.Contain("CapBnd: 0000000000000000"));
        Assert.That(identity, Does.Contain("NoNewPrivs: 1").And.Contain("Seccomp: 2"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_filter_also_works_while_escalation_is_allowed(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var container = EmbeddedBox.Container("id") with { Security = new ContainerSecurity { SeccompUnconfined = false } };

        var identity = await box.RunAsync(container, cancellationToken);

        Assert.That(identity, Does.Contain("NoNewPrivs: 0").And.Contain("Seccomp: 2").And.Contain(DefaultCapabilities));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_users_name_and_groups_come_from_the_image(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        await LoadVariantAsync(
            box, "test/user:1", """{"User":"nonroot","Env":["PATH=/bin"]}""", [TarArchives.File("etc/group", "extra:x:77:nonroot\n")],
            cancellationToken);

        var identity = await box.RunAsync(
            EmbeddedBox.Container("sh", "-c", "id; echo $HOME") with { Image = "test/user:1" }, cancellationToken);

        Assert.That(identity, Does.Contain("Uid: 65532").And.Contain("Gid: 65532").And.Contain("Groups: 77"));
        Assert.That(identity, Does.EndWith("/home/nonroot\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_nodes_kernel_cannot_be_changed_from_inside(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);

        var log = await box.RunAsync(
            EmbeddedBox.Container("sh", "-c", "echo x > /proc/sys/kernel/core_pattern; mkdir /sys/x"),
            cancellationToken);

        Assert.That(log.Split("Read-only file system"), Has.Length.EqualTo(3), log);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Only_the_privileged_see_the_nodes_devices(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var container = EmbeddedBox.Container("ls", "/dev");
        var privileged = container with { Security = new ContainerSecurity { Privileged = true } };

        var devices = (await box.RunAsync(container, cancellationToken)).Split('\n')[..^1];
        var all = (await box.RunAsync(privileged, cancellationToken)).Split('\n')[..^1];

        Assert.That(devices, Is.EquivalentTo(new[]
        {
            "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero",
        }));
        Assert.That(all, Is.SupersetOf(devices).And.Length.GreaterThan(devices.Length));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Processes_are_seen_as_far_as_the_pod_says(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var listing = EmbeddedBox.Container("ps") with { Name = "listing" };
        var (own, shared, host) = (box.Spec(), box.Spec() with { ShareProcessNamespace = true }, box.Spec() with { HostPid = true });
        foreach (var spec in (SandboxSpec[])[own, shared, host])
        {
            await box.StartAsync(EmbeddedBox.Container("sleep", "601"), cancellationToken, spec);
        }

        Assert.That(await box.RunAsync(listing, cancellationToken, own), Is.EqualTo("  PID COMMAND\n    1 ps\n"));
        Assert.That(await box.RunAsync(listing, cancellationToken, shared), Does.Contain("sleep 601").And.Contain("minikube-shim pause"));
        Assert.That(await box.RunAsync(listing, cancellationToken, host), Does.Contain("minikube-shim monitor"));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [CancelAfter(PatienceMs)]
    public async Task A_container_without_processes_of_its_own_ends_whole(bool share, bool host, CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var spec = box.Spec() with { ShareProcessNamespace = share, HostPid = host };
        var id = await box.StartAsync(EmbeddedBox.Container("sh", "-c", "sleep 602 | sleep 603; true"), cancellationToken, spec);
        await Eventually.HoldsAsync("three processes run", () => Task.FromResult(box.Processes().Count == 3), cancellationToken);

        await box.Runtime.StopContainerAsync(id, TimeSpan.Zero, cancellationToken);

        await Eventually.HoldsAsync("none runs", () => Task.FromResult(box.Processes().Count == 0), cancellationToken);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_link_in_the_image_does_not_lead_a_mount_out(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var outside = Directory.CreateDirectory(Path.Combine(box.Data, "outside")).FullName;
        var given = Path.Combine(box.Data, "given");
        await File.WriteAllTextAsync(given, "given\n", cancellationToken);
        await LoadVariantAsync(
            box, "test/link:1", """{"Env":["PATH=/bin"]}""", [TarArchives.SymbolicLink("conf", $"../../..{outside}")], cancellationToken);

        var log = await box.RunAsync(
            EmbeddedBox.Container("sh", "-c", $"cat {outside}/hosts") with
            {
                Image = "test/link:1",
                Mounts = [new ContainerMount(given, "/conf/hosts", ReadOnly: true)],
            },
            cancellationToken);

        Assert.That(log, Is.EqualTo("given\n"));
        Assert.That(Directory.GetFileSystemEntries(outside), Is.Empty);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Pods_have_memory_their_containers_share(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var spec = box.Spec();

        await box.RunAsync(EmbeddedBox.Container("sh", "-c", "echo shared > /dev/shm/x"), cancellationToken, spec);
        var log = await box.RunAsync(EmbeddedBox.Container("cat", "/dev/shm/x") with { Name = "other" }, cancellationToken, spec);

        Assert.That(log, Is.EqualTo("shared\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Sysctls_are_the_sandboxs_own_and_a_wrong_one_is_refused(CancellationToken cancellationToken)
    {
        await using var box = await EmbeddedBox.OpenAsync(cancellationToken);
        var spec = box.Spec() with
        {
            HostNetwork = false,
            Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_local_port_range"] = "2000 3000" },
        };
        var wrong = box.Spec() with { Sysctls = new Dictionary<string, string> { ["net.no.such"] = "1" } };

        var log = await box.RunAsync(EmbeddedBox.Container("cat", "/proc/sys/net/ipv4/ip_local_port_range"), cancellationToken, spec);
        var error = Assert.ThrowsAsync<RuntimeException>(() => box.Runtime.RunSandboxAsync(wrong, cancellationToken));

        Assert.That(log.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "2000", "3000" }));
        Assert.That(error!.Message, Does.Contain("net/no/such"));
        Assert.That((await box.Runtime.ListSandboxesAsync(cancellationToken)).Select(one => one.Id), Has.No.Member(wrong.Id));
    }

    // The bundled image with a layer on top.
    private static async Task LoadVariantAsync(
        EmbeddedBox box, string name, string process, System.Formats.Tar.TarEntry[] layer, CancellationToken cancellationToken)
    {
        await using var bundled = BundledImages.OpenTestbox();
        var archive = TarArchives.DockerArchive(name, process, TarArchives.Extract(bundled, "layer.tar"), TarArchives.Tar(layer));
        await box.Runtime.LoadImageAsync(new MemoryStream(archive), cancellationToken);
    }
}
