using System.Net;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>What <c>minikube check</c> makes of machines that are only files.</summary>
public sealed class MachineCheckTests
{
    private readonly TemporaryDirectory _machine = new();

    [TearDown]
    public void RemoveMachine() => _machine.Dispose();

    [Test]
    public void A_machine_that_has_everything_lacks_nothing()
    {
        WriteGoodMachine();

        var findings = new KernelChecks(Root).Run().Append(new NetworkChecks(Root).Firewall()).Concat(Ports().Run());

        Assert.That(findings.Where(static one => one.State != FindingState.Ok), Is.Empty);
    }

    [Test]
    public void A_machine_that_has_nothing_lacks_all_of_it_and_each_lack_has_a_cost()
    {
        var findings = new KernelChecks(Root).Run().ToArray();

        Assert.That(
            findings.Where(static one => one.State == FindingState.Lack).Select(static one => one.Name),
            Is.EqualTo([
                "overlayfs", "namespaces", "user namespaces", "cgroups", "ip forwarding", "br_netfilter", "inotify", "memory",
            ]));
        Assert.That(findings.Where(static one => one.State != FindingState.Ok && one.Cost.Length == 0), Is.Empty);
    }

    [TestCase("proc/sys/net/ipv4/ip_forward", "0", "ip forwarding")]
    [TestCase("proc/sys/net/bridge/bridge-nf-call-iptables", "0", "br_netfilter")]
    [TestCase("proc/sys/fs/inotify/max_user_instances", "8", "inotify")]
    [TestCase("proc/sys/user/max_user_namespaces", "0", "user namespaces")]
    [TestCase("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 100000 kB", "memory")]
    [TestCase("proc/self/limits", "Limit Soft Hard Units\nMax open files 1024 4096 files", "open files")]
    [TestCase("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 100 0 -2", "swap")]
    [TestCase("sys/fs/cgroup/cgroup.controllers", "cpu memory", "cgroups")]
    public void One_lack_is_found_alone(string file, string content, string name)
    {
        WriteGoodMachine();
        Write(file, content);

        var lacks = new KernelChecks(Root).Run().Where(static one => one.State != FindingState.Ok);

        Assert.That(lacks.Select(static one => one.Name), Is.EqualTo([name]));
    }

    [TestCase("etc/ufw/ufw.conf", "# ufw\nENABLED=yes", "ufw is active")]
    [TestCase("proc/77/comm", "firewalld", "firewalld is active")]
    public void A_firewall_is_found(string file, string content, string found)
    {
        Write(file, content);

        var finding = new NetworkChecks(Root).Firewall();

        Assert.That((finding.State, finding.Found), Is.EqualTo((FindingState.Lack, found)));
    }

    [Test]
    public void A_server_port_that_is_taken_blocks_and_others_only_cost_something()
    {
        // 0.0.0.0:6443 listens, 127.0.0.1:10250 is only connected from; [::]:80 listens; 8472 receives; 30001 listens.
        Write("proc/net/tcp", """
            header
             0: 00000000:192B 00000000:0000 0A 0
             1: 0100007F:280A 0100007F:0050 01 0
             2: 00000000:7531 00000000:0000 0A 0
            """);
        Write("proc/net/tcp6", "header\n 0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0");
        Write("proc/net/udp", "header\n 0: 00000000:2118 00000000:0000 07 0");

        var findings = Ports().Run().ToDictionary(static one => one.Name, static one => one.State);

        Assert.That(findings["port 6443"], Is.EqualTo(FindingState.Blocking));
        Assert.That(findings["port 10250"], Is.EqualTo(FindingState.Ok));
        Assert.That(findings["port 8472/udp"], Is.EqualTo(FindingState.Lack));
        Assert.That(findings["port 80"], Is.EqualTo(FindingState.Lack));
        Assert.That(findings["port 443"], Is.EqualTo(FindingState.Ok));
        Assert.That(findings["node ports"], Is.EqualTo(FindingState.Lack));
    }

    [Test]
    public void Ports_that_the_instance_itself_holds_are_no_lack()
    {
        Write("proc/net/tcp", "header\n 0: 00000000:192B 00000000:0000 0A 0");

        Assert.That(Ports(isOurs: true).Run().Where(static one => one.State != FindingState.Ok), Is.Empty);
    }

    [Test]
    public void Ranges_that_meet_a_network_of_the_machine_block_and_say_which()
    {
        IPNetwork[] used = [IPNetwork.Parse("10.42.7.0/24")];

        var asked = NetworkChecks.Ranges(used, IPNetwork.Parse("10.42.0.0/16"), null);
        var chosen = NetworkChecks.Ranges(used, null, null);

        Assert.That(asked.State, Is.EqualTo(FindingState.Blocking));
        Assert.That(asked.Cost, Does.Contain("10.42.7.0/24"));
        Assert.That(chosen.Found, Is.EqualTo("pods 10.44.0.0/16, Services 10.45.0.0/16"));
    }

    [Test]
    public void A_link_that_cannot_be_made_is_a_lack_with_the_kernels_reason()
    {
        var probed = new Dictionary<string, string?> { ["bridge"] = null, ["veth"] = null, ["vxlan"] = "EOPNOTSUPP" };

        var findings = NetworkChecks.Links(probed);

        Assert.That(
            findings.Select(static one => (one.Name, one.State, one.Found)).Last(),
            Is.EqualTo(("vxlan", FindingState.Lack, "EOPNOTSUPP")));
    }

    [TestCase(null, ExpectedResult = "Ok")]
    [TestCase("-P FORWARD ACCEPT\n-A FORWARD -j X", ExpectedResult = "Ok")]
    [TestCase("-P FORWARD DROP\n", ExpectedResult = "Lack")]
    public string A_policy_that_drops_what_is_forwarded_is_a_lack(string? rules) => NetworkChecks.ForwardPolicy(rules).State.ToString();

    [TestCase(0, ExpectedResult = "Ok")]
    [TestCase(-10, ExpectedResult = "Lack")]
    [TestCase(40, ExpectedResult = "Blocking")]
    [TestCase(-3_600, ExpectedResult = "Blocking")]
    public string A_clock_that_differs_from_the_servers_is_told(int seconds)
        => ClockChecks.Skew("a:6443", TimeSpan.FromSeconds(seconds)).State.ToString();

    [TestCase(100_000_000, ExpectedResult = "Blocking")]
    [TestCase(1_000_000_000, ExpectedResult = "Lack")]
    [TestCase(3_000_000_000, ExpectedResult = "Ok")]
    public string A_full_disk_blocks(long bytes) => StorageChecks.Space(bytes).State.ToString();

    [TestCase(1, ExpectedResult = "Ok")]
    [TestCase(50, ExpectedResult = "Lack")]
    public string A_slow_disk_is_told(int milliseconds)
        => StorageChecks.FlushTime(TimeSpan.FromMilliseconds(milliseconds)).State.ToString();

    [Test]
    public void The_disk_is_measured_and_nothing_of_it_stays()
    {
        var findings = new StorageChecks(_machine.At("to", "be", "made"), TimeProvider.System).Run().ToArray();

        Assert.That(findings.Select(static one => one.Name), Is.EqualTo(["disk space", "fsync"]));
        Assert.That(Directory.EnumerateFileSystemEntries(_machine.Path), Is.Empty);
    }

    [TestCase("", "", ExpectedResult = "embedded or docker")]
    [TestCase("docker engine", "", ExpectedResult = "embedded")]
    [TestCase("root", "", ExpectedResult = "docker")]
    [TestCase("root", "docker engine", ExpectedResult = "none")]
    public string The_runtime_follows_from_the_rest(string one, string other)
        => MachineCheck.Runtime([.. new[] { one, other }.Where(static name => name.Length > 0)
            .Select(static name => MachineFinding.Lack(name, "", ""))]).Found;

    [Test]
    public async Task The_exit_code_says_whether_a_cluster_can_run()
    {
        using var output = new StringWriter();

        var good = await CheckCommand.PrintAsync([MachineFinding.Ok("a", "b"), MachineFinding.Lack("c", "d", "less")], output);
        var bad = await CheckCommand.PrintAsync([MachineFinding.Blocking("e", "f", "do g")], output);

        Assert.That((good, bad), Is.EqualTo((0, 1)));
        Assert.That(output.ToString(), Does.Contain("Without c: less.").And.Contain("BLOCKING e (f): do g."));
    }

    private MachineRoot Root => new(_machine.Path);

    private PortChecks Ports(bool isOurs = false) => new(Root, 6443, new PortRange(30_000, 32_767), isOurs);

    private void WriteGoodMachine()
    {
        Write("proc/filesystems", "nodev\tproc\nnodev\toverlay");
        foreach (var name in new[] { "mnt", "pid", "net", "ipc", "uts", "cgroup", "user" })
        {
            Write($"proc/self/ns/{name}", "");
        }

        Write("proc/sys/user/max_user_namespaces", "10000");
        Write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids");
        Write("proc/sys/net/ipv4/ip_forward", "1");
        Write("proc/sys/net/bridge/bridge-nf-call-iptables", "1");
        Write("proc/sys/fs/inotify/max_user_instances", "512");
        Write("proc/sys/fs/inotify/max_user_watches", "524288");
        Write("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB");
        Write("proc/self/limits", "Limit Soft Hard Units\nMax open files            1024                 524288               files");
        Write("proc/swaps", "Filename Type Size Used Priority");
    }

    private void Write(string file, string content)
    {
        var path = _machine.At(file.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content + "\n");
    }
}
