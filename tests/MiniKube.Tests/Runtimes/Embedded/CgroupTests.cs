using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class CgroupTests : IDisposable
{
    private const string Together = "5:cpu,cpuacct:/\n4:memory:/x\n3:pids:/\n2:devices:/\n0::/\n";

    private static readonly ContainerResources Limits = new()
    {
        CpuLimitMillis = 1_500,
        CpuRequestMillis = 500,
        MemoryLimitBytes = 64 << 20,
        PidsMax = 100,
    };

    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Test]
    public void Version_1_limits_each_controller_in_its_own_tree()
    {
        MakeVersion1("cpu", "memory", "pids", "devices");

        var placement = Detect().Create("pod-0", "web.0", Limits, privileged: false);

        Assert.That(Read("cpu/minikube-a/pod-0/web.0/cpu.shares"), Is.EqualTo("512"));
        Assert.That(Read("cpu/minikube-a/pod-0/web.0/cpu.cfs_quota_us"), Is.EqualTo("150000"));
        Assert.That(Read("memory/minikube-a/pod-0/web.0/memory.limit_in_bytes"), Is.EqualTo("67108864"));
        Assert.That(Read("pids/minikube-a/pod-0/web.0/pids.max"), Is.EqualTo("100"));
        Assert.That(Read("devices/minikube-a/pod-0/web.0/devices.deny"), Is.EqualTo("a"));
        Assert.That(placement.ProcsFiles, Has.Count.EqualTo(4));
        Assert.That(placement.Mounts, Has.Member("cpu:cgroup:cpu,cpuacct"));
        Assert.That(placement.OomCountFile, Does.EndWith("memory.oom_control"));
    }

    [Test]
    public void The_privileged_keep_the_nodes_devices()
    {
        MakeVersion1("cpu", "memory", "pids", "devices");

        Detect().Create("pod-0", "web.0", Limits, privileged: true);

        Assert.That(File.Exists(_root.At("devices/minikube-a/pod-0/web.0/devices.deny")), Is.False);
    }

    [Test]
    public void A_missing_controller_is_named_and_the_others_still_limit()
    {
        MakeVersion1("cpu", "pids");

        var cgroups = Detect();
        var placement = cgroups.Create("pod-0", "web.0", Limits, privileged: false);

        Assert.That(cgroups.Missing, Is.EquivalentTo(new[] { "memory", "devices" }));
        Assert.That(cgroups.LimitsDevices, Is.False);
        Assert.That(placement.OomCountFile, Is.Empty);
        Assert.That(Read("pids/minikube-a/pod-0/web.0/pids.max"), Is.EqualTo("100"));
    }

    [Test]
    public void Without_limits_nothing_but_the_smallest_share_is_set()
    {
        MakeVersion1("cpu", "memory", "pids");

        Detect().Create("pod-0", "web.0", new ContainerResources(), privileged: false);

        Assert.That(Read("cpu/minikube-a/pod-0/web.0/cpu.shares"), Is.EqualTo("2"));
        Assert.That(Directory.GetFiles(_root.At("memory/minikube-a/pod-0/web.0")), Is.Empty);
    }

    [Test]
    public void Version_2_limits_all_in_one_tree()
    {
        File.WriteAllText(_root.At("cgroup.controllers"), "cpuset cpu io memory pids\n");

        var placement = Detect().Create("pod-0", "web.0", Limits, privileged: false);

        Assert.That(Read("cgroup.subtree_control"), Is.EqualTo("+cpu +memory +pids"));
        Assert.That(Read("minikube-a/pod-0/cgroup.subtree_control"), Is.EqualTo("+cpu +memory +pids"));
        Assert.That(Read("minikube-a/pod-0/web.0/cpu.weight"), Is.EqualTo("20"));
        Assert.That(Read("minikube-a/pod-0/web.0/cpu.max"), Is.EqualTo("150000 100000"));
        Assert.That(Read("minikube-a/pod-0/web.0/memory.max"), Is.EqualTo("67108864"));
        Assert.That(placement.ProcsFiles, Is.EqualTo(new[] { _root.At("minikube-a/pod-0/web.0/cgroup.procs") }));
    }

    [Test]
    public void Processes_are_found_below_a_group_and_empty_groups_go()
    {
        MakeVersion1("pids");
        Directory.CreateDirectory(_root.At("pids/minikube-a/pod-0/web.0"));
        File.WriteAllText(_root.At("pids/minikube-a/pod-0/web.0/cgroup.procs"), "12\n34\n");
        var cgroups = Detect();

        Assert.That(cgroups.ProcessesIn("pod-0"), Is.EquivalentTo(new[] { 12, 34 }));
        Assert.That(cgroups.TryRemove("pod-0"), Is.False);

        File.Delete(_root.At("pids/minikube-a/pod-0/web.0/cgroup.procs"));
        Assert.That(cgroups.TryRemove("pod-0"), Is.True);
        Assert.That(cgroups.TryRemove("pod-0"), Is.True);
    }

    private CgroupHierarchy Detect() => CgroupHierarchy.Detect(_root.Path, "a", Together);

    private string Read(string path) => File.ReadAllText(_root.At(path));

    private void MakeVersion1(params string[] controllers)
        => Array.ForEach(controllers, controller => Directory.CreateDirectory(_root.At(controller)));
}
