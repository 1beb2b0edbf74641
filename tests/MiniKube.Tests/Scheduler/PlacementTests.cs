using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Scheduler;
using MiniKube.Testing;

namespace MiniKube.Tests.Scheduler;

public sealed class PlacementTests
{
    private readonly PodPlacer _placer = new(FilterCatalog.All, ScoreCatalog.All, new Random(7));
    private readonly ClusterState _state = new(_ => null);
    private int _pods;

    [Test]
    public void Without_nodes_the_message_says_so()
    {
        Assert.That(WhyNowhere(NewPod()), Is.EqualTo("no nodes available to schedule pods"));
    }

    [Test]
    public void Reasons_are_counted_over_nodes_and_sorted_as_text()
    {
        AddNodes(Objects.Node("small", cpu: "1"));
        AddNodes(Objects.Node("tainted-1", change: Taint), Objects.Node("tainted-2", change: Taint));

        var message = WhyNowhere(NewPod(Requests(cpu: "2")));

        Assert.That(message, Is.EqualTo(
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {key: value}. "
            + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."));
    }

    [Test]
    public void A_node_that_is_only_full_counts_as_one_where_no_victims_were_found()
    {
        AddNodes(Objects.Node("full", cpu: "2"));
        Place(NewPod(Requests(cpu: "2")));

        var message = WhyNowhere(NewPod(Requests(cpu: "1")));

        Assert.That(message, Is.EqualTo(
            "0/1 nodes are available: 1 Insufficient cpu. "
            + "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."));
    }

    [Test]
    public void Every_resource_that_is_short_is_named()
    {
        AddNodes(Objects.Node("n", cpu: "1", memory: "1Gi", pods: "0"));
        var pod = NewPod(pod => pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity>
            {
                ["cpu"] = new("2"), ["memory"] = new("2Gi"), ["ephemeral-storage"] = new("1Ti"), ["example.com/gpu"] = new("1"),
            },
        });

        Assert.That(WhyNowhere(pod), Does.StartWith(
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient ephemeral-storage, 1 Insufficient example.com/gpu, "
            + "1 Insufficient memory, 1 Too many pods."));
    }

    [Test]
    public void A_cordoned_node_is_not_used()
    {
        AddNodes(Objects.Node("n", change: node => node.Spec.Unschedulable = true));

        Assert.That(WhyNowhere(NewPod()), Does.StartWith("0/1 nodes are available: 1 node(s) were unschedulable."));
    }

    [TestCase("Equal", "value", "NoSchedule", ExpectedResult = true)]
    [TestCase("Equal", "other", "NoSchedule", ExpectedResult = false)]
    [TestCase("Exists", null, "NoSchedule", ExpectedResult = true)]
    [TestCase("Exists", null, "NoExecute", ExpectedResult = false)]
    [TestCase("Exists", null, null, ExpectedResult = true)]
    public bool A_taint_is_tolerated_by_key_value_and_effect(string operation, string? value, string? effect)
    {
        AddNodes(Objects.Node("n", change: Taint));
        var pod = NewPod(pod => pod.Spec.Tolerations =
            [new V1Toleration { Key = "key", OperatorProperty = operation, Value = value, Effect = effect }]);

        return Place(pod) is Placement.On;
    }

    [Test]
    public void A_node_selector_must_match()
    {
        AddNodes(Objects.Node("slow"), Objects.Node("fast", change: node => node.Metadata.Labels["disk"] = "ssd"));
        var pod = NewPod(pod => pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" });

        Assert.That(Place(pod), Is.EqualTo(new Placement.On("fast")));
    }

    [TestCase("In", "2,4", ExpectedResult = true)]
    [TestCase("NotIn", "2,4", ExpectedResult = false)]
    [TestCase("Exists", "", ExpectedResult = true)]
    [TestCase("DoesNotExist", "", ExpectedResult = false)]
    [TestCase("Gt", "3", ExpectedResult = true)]
    [TestCase("Lt", "4", ExpectedResult = false)]
    public bool Node_affinity_understands_every_operator(string operation, string values)
    {
        AddNodes(Objects.Node("n", change: node => node.Metadata.Labels["cores"] = "4"));
        var requirement = new V1NodeSelectorRequirement
        {
            Key = "cores",
            OperatorProperty = operation,
            Values = values.Length == 0 ? [] : values.Split(','),
        };

        var pod = NewPod(pod => pod.Spec.Affinity = Required(new V1NodeSelectorTerm { MatchExpressions = [requirement] }));

        return Place(pod) is Placement.On;
    }

    [Test]
    public void A_host_port_is_given_once_per_node_and_address()
    {
        AddNodes(Objects.Node("n"));
        Place(NewPod(HostPort("10.0.0.1")));

        var other = Place(NewPod(HostPort("10.0.0.2")));
        var any = WhyNowhere(NewPod(HostPort(null)));

        Assert.That(other, Is.InstanceOf<Placement.On>());
        Assert.That(any, Does.StartWith("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."));
    }

    [Test]
    public void Init_containers_count_by_the_largest_and_sidecars_always()
    {
        AddNodes(Objects.Node("n", cpu: "3"));
        var pod = NewPod(pod =>
        {
            pod.Spec.InitContainers =
            [
                Container("sidecar", "1", "Always"), Container("first", "2"), Container("second", "1"),
            ];
            pod.Spec.Containers = [Container("main", "1")];
        });

        Assert.That(PodView.Of(pod.Pod).Requests.Cpu.Value, Is.EqualTo(3_000));
        Assert.That(Place(pod), Is.InstanceOf<Placement.On>());
    }

    [Test]
    public void Pods_that_avoid_each_other_get_different_nodes_and_then_none()
    {
        AddNodes(Objects.Node("a"), Objects.Node("b"));

        var first = Place(NewPod(AvoidLike));
        var second = Place(NewPod(AvoidLike));
        var third = WhyNowhere(NewPod(AvoidLike));

        Assert.That(first, Is.InstanceOf<Placement.On>().And.Not.EqualTo(second));
        Assert.That(third, Does.StartWith("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."));
    }

    [Test]
    public void A_pod_that_avoids_others_keeps_them_away_too()
    {
        AddNodes(Objects.Node("a"));
        Place(NewPod(AvoidLike));

        var message = WhyNowhere(NewPod(pod => pod.Metadata.Labels["app"] = "web"));

        Assert.That(message, Does.StartWith("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules."));
    }

    [Test]
    public void The_first_of_pods_that_want_to_be_together_goes_anywhere_and_the_others_follow()
    {
        AddNodes([.. Enumerable.Range(0, 5).Select(number => Objects.Node($"n{number}"))]);

        var placed = Enumerable.Range(0, 3).Select(_ => Place(NewPod(SeekLike))).ToList();

        Assert.That(placed[0], Is.InstanceOf<Placement.On>());
        Assert.That(placed, Is.All.EqualTo(placed[0]));
    }

    [Test]
    public void A_spread_constraint_keeps_domains_even()
    {
        AddNodes(
            Objects.Node("a1", change: Zone("a")), Objects.Node("a2", change: Zone("a")), Objects.Node("b1", change: Zone("b")));

        var zones = Enumerable.Range(0, 8).Select(_ => ((Placement.On)Place(NewPod(SpreadOverZones))).Node[0]).ToList();

        Assert.That(zones.Count(zone => zone == 'a'), Is.EqualTo(4));
    }

    [Test]
    public void Pods_of_one_owner_are_spread_over_equal_nodes()
    {
        AddNodes([.. Enumerable.Range(0, 10).Select(number => Objects.Node($"n{number}"))]);

        var nodes = Enumerable.Range(0, 30).Select(_ => ((Placement.On)Place(NewPod(Owned))).Node).CountBy(node => node);

        Assert.That(nodes.Select(entry => entry.Value), Is.All.EqualTo(3));
    }

    [Test]
    public void A_preferred_taint_is_avoided_as_long_as_there_is_another_node()
    {
        AddNodes(
            Objects.Node("n"),
            Objects.Node("t", change: node => node.Spec.Taints = [new V1Taint { Key = "k", Effect = "PreferNoSchedule" }]));

        Assert.That(Place(NewPod()), Is.EqualTo(new Placement.On("n")));
    }

    [TestCase(1, 1)]
    [TestCase(99, 99)]
    [TestCase(200, 100)]
    [TestCase(1_000, 420)]
    [TestCase(10_000, 500)]
    public void In_large_clusters_a_part_of_the_nodes_is_compared(int nodes, int compared)
        => Assert.That(PodPlacer.ComparedOf(nodes), Is.EqualTo(compared));

    [Test]
    public void An_unknown_filter_is_refused_with_the_names_there_are()
        => Assert.That(
            () => FilterCatalog.Without(["Nope"]),
            Throws.ArgumentException.With.Message.Contains("'Nope'").And.Message.Contains("NodeResourcesFit"));

    private Placement Place(PodView pod)
    {
        var placement = _placer.Place(pod, _state.Snapshot());
        if (placement is Placement.On placed)
        {
            _state.Assume(pod, placed.Node);
        }

        return placement;
    }

    private string WhyNowhere(PodView pod) => ((Placement.Nowhere)Place(pod)).Message;

    private void AddNodes(params ImmutableArray<V1Node> nodes)
    {
        foreach (var node in nodes)
        {
            _state.SetNode(node);
        }
    }

    private PodView NewPod(Action<V1Pod>? change = null)
        => PodView.Of(Objects.Pod($"pod-{_pods}", pod =>
        {
            pod.Metadata.Uid = $"uid-{_pods++}";
            change?.Invoke(pod);
        }));

    private static Action<V1Pod> Requests(string cpu) => pod => pod.Spec.Containers = [Container("main", cpu)];

    private static V1Container Container(string name, string cpu, string? restartPolicy = null) => new()
    {
        Name = name,
        RestartPolicy = restartPolicy,
        Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu) } },
    };

    private static void Taint(V1Node node) => node.Spec.Taints = [new V1Taint { Key = "key", Value = "value", Effect = "NoSchedule" }];

    private static Action<V1Node> Zone(string zone) => node => node.Metadata.Labels["zone"] = zone;

    private static Action<V1Pod> HostPort(string? address) => pod => pod.Spec.Containers[0].Ports =
        [new V1ContainerPort { ContainerPort = 80, HostPort = 80, HostIP = address }];

    private static void Owned(V1Pod pod) => pod.Metadata.OwnerReferences =
        [new V1OwnerReference { Uid = "owner", Name = "set", Kind = "ReplicaSet", ApiVersion = "apps/v1", Controller = true }];

    private static V1Affinity Required(V1NodeSelectorTerm term) => new()
    {
        NodeAffinity = new V1NodeAffinity
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [term] },
        },
    };

    private static V1PodAffinityTerm LikeWeb { get; } = new()
    {
        TopologyKey = "kubernetes.io/hostname",
        LabelSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
    };

    private static void AvoidLike(V1Pod pod)
    {
        pod.Metadata.Labels["app"] = "web";
        pod.Spec.Affinity = new V1Affinity
        {
            PodAntiAffinity = new V1PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [LikeWeb] },
        };
    }

    private static void SeekLike(V1Pod pod)
    {
        pod.Metadata.Labels["app"] = "web";
        pod.Spec.Affinity = new V1Affinity
        {
            PodAffinity = new V1PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [LikeWeb] },
        };
    }

    private static void SpreadOverZones(V1Pod pod)
    {
        pod.Metadata.Labels["app"] = "web";
        pod.Spec.TopologySpreadConstraints =
        [
            new V1TopologySpreadConstraint
            {
                MaxSkew = 1, TopologyKey = "zone", WhenUnsatisfiable = "DoNotSchedule", LabelSelector = LikeWeb.LabelSelector,
            },
        ];
    }
}
