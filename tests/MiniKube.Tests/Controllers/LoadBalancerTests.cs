using k8s.Models;
using MiniKube.Controllers;

namespace MiniKube.Tests.Controllers;

public sealed class LoadBalancerTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly V1Service _web = Service("web", 0);

    [Test]
    public void Ready_nodes_are_published_that_are_not_excluded()
    {
        V1Node[] nodes =
        [
            Node("b", "192.0.2.2"), Node("a", "192.0.2.1"), Node("silent", "192.0.2.3", ready: false),
            Node("excluded", "192.0.2.4", change: node => node.Metadata.Labels = new Dictionary<string, string>
            {
                ["node.kubernetes.io/exclude-from-external-load-balancers"] = "",
            }),
        ];

        var plan = LoadBalancerPlanner.Plan(_web, [_web], nodes, []);

        Assert.That(plan.Addresses, Is.EqualTo(new[] { "192.0.2.1", "192.0.2.2" }));
        Assert.That(plan.Problem, Is.Null);
    }

    [Test]
    public void Policy_Local_publishes_nodes_that_have_an_endpoint()
    {
        _web.Spec.ExternalTrafficPolicy = "Local";
        var slice = new V1EndpointSlice
        {
            Endpoints =
            [
                new V1Endpoint { NodeName = "a", Conditions = new V1EndpointConditions { Ready = true } },
                new V1Endpoint { NodeName = "b", Conditions = new V1EndpointConditions { Ready = false } },
            ],
        };

        var plan = LoadBalancerPlanner.Plan(_web, [_web], [Node("a", "192.0.2.1"), Node("b", "192.0.2.2")], [slice]);

        Assert.That(plan.Addresses, Is.EqualTo(new[] { "192.0.2.1" }));
    }

    [Test]
    public void A_port_is_the_older_services_and_the_younger_is_told()
    {
        var second = Service("second", 1);
        V1Service[] all = [second, _web];
        V1Node[] nodes = [Node("a", "192.0.2.1")];

        Assert.That(LoadBalancerPlanner.Plan(_web, all, nodes, []).Problem, Is.Null);
        var refused = LoadBalancerPlanner.Plan(second, all, nodes, []);
        second.Spec.Ports[0].Protocol = "UDP";

        Assert.That(refused.Problem, Does.Contain("80/TCP").And.Contain("default/web"));
        Assert.That(refused.Addresses, Is.Empty);
        Assert.That(LoadBalancerPlanner.Plan(second, all, nodes, []).Problem, Is.Null);
    }

    [Test]
    public void Another_class_is_left_to_its_own_controller()
    {
        _web.Spec.LoadBalancerClass = "example.com/other";
        Assert.That(LoadBalancerPlanner.IsOurs(_web), Is.False);

        _web.Spec.LoadBalancerClass = LoadBalancerPlanner.ClassName;
        Assert.That(LoadBalancerPlanner.IsOurs(_web), Is.True);
    }

    private static V1Service Service(string name, int age) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "default",
            Uid = name,
            CreationTimestamp = Start.AddSeconds(age),
        },
        Spec = new V1ServiceSpec { Type = "LoadBalancer", Ports = [new V1ServicePort { Port = 80, Protocol = "TCP" }] },
    };

    private static V1Node Node(string name, string address, bool ready = true, Action<V1Node>? change = null)
    {
        var node = new V1Node
        {
            Metadata = new V1ObjectMeta { Name = name },
            Status = new V1NodeStatus
            {
                Addresses = [new V1NodeAddress { Type = "InternalIP", Address = address }],
                Conditions = [new V1NodeCondition { Type = "Ready", Status = ready ? "True" : "False" }],
            },
        };
        change?.Invoke(node);
        return node;
    }
}
