using k8s.Models;
using MiniKube.Node;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class EnvironmentTests
{
    private readonly Dictionary<string, V1ConfigMap> _maps = [];
    private readonly Dictionary<string, V1Secret> _secrets = [];
    private readonly V1Pod _pod = PodViews.Pod(change: pod =>
    {
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web", ["b"] = "say \"hi\"" };
        pod.Spec.NodeName = "node-1";
    });

    [TestCase("$(A)-$(B)", "1-2")]
    [TestCase("$(MISSING)", "$(MISSING)")]
    [TestCase("$$(A)", "$(A)")]
    [TestCase("$$$(A)", "$1")]
    [TestCase("$A $", "$A $")]
    [TestCase("$(A", "$(A")]
    [TestCase("$()", "$()")]
    public void References_are_replaced_when_they_are_known(string text, string expected)
    {
        var variables = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" };

        Assert.That(VariableExpansion.Expand(text, variables), Is.EqualTo(expected));
    }

    [Test]
    public void Later_variables_win_and_may_refer_to_earlier_ones()
    {
        _maps["settings"] = Objects.ConfigMap("settings");
        var container = new V1Container
        {
            Name = "main",
            EnvFrom = [new V1EnvFromSource { Prefix = "P_", ConfigMapRef = new V1ConfigMapEnvSource { Name = "settings" } }],
            Env =
            [
                new V1EnvVar { Name = "FIRST", Value = "$(P_key) $(LATER)" },
                new V1EnvVar { Name = "LATER", Value = "x" },
                new V1EnvVar { Name = "P_key", Value = "own" },
            ],
        };

        var variables = ContainerEnvironment.Build(container, Sources());

        Assert.That(variables["FIRST"], Is.EqualTo("value $(LATER)"));
        Assert.That(variables["P_key"], Is.EqualTo("own"));
    }

    [TestCase("metadata.name", "web"), TestCase("metadata.namespace", "default"), TestCase("metadata.labels['app']", "web")]
    [TestCase("metadata.labels['none']", ""), TestCase("spec.nodeName", "node-1"), TestCase("status.podIP", "10.42.0.9")]
    [TestCase("status.hostIP", "192.0.2.10"), TestCase("metadata.labels", "app=\"web\"\nb=\"say \\\"hi\\\"\"")]
    [TestCase("spec.containers", null)]
    public void A_pod_can_refer_to_its_own_fields(string path, string? expected)
        => Assert.That(PodField.Read(_pod, path, Sources().Addresses), Is.EqualTo(expected));

    [TestCase("limits.cpu", "1m", "500"), TestCase("limits.cpu", "1", "1"), TestCase("requests.cpu", "1m", "500")]
    [TestCase("limits.memory", "1Mi", "2048"), TestCase("requests.memory", "1", "0"), TestCase("limits.magic", "1", null)]
    public void A_container_can_refer_to_its_resources(string resource, string divisor, string? expected)
    {
        var container = new V1Container
        {
            Name = "main",
            Resources = new V1ResourceRequirements
            {
                Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("500m") },
            },
        };
        var selector = new V1ResourceFieldSelector { Resource = resource, Divisor = new ResourceQuantity(divisor) };

        Assert.That(ResourceField.Read(container, selector, Sources().Node), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_missing_and_not_optional_is_named()
    {
        _maps["settings"] = Objects.ConfigMap("settings");

        Assert.That(ErrorOf("absent", "key", optional: false), Is.EqualTo("configmap \"absent\" not found"));
        Assert.That(
            ErrorOf("settings", "other", optional: false), Is.EqualTo("couldn't find key other in ConfigMap default/settings"));
        Assert.That(ErrorOf("settings", "other", optional: true), Is.Null);
    }

    [Test]
    public void Services_of_the_namespace_and_the_API_are_told()
    {
        V1Service[] services =
        [
            Service("default", "kubernetes", "10.43.0.1", ("https", 443)),
            Service("default", "my-db", "10.43.0.7", ("sql", 5432), ("metrics", 9000)),
            Service("other", "far", "10.43.0.8", ("x", 1)),
            Service("default", "headless", "None", ("x", 1)),
        ];

        var variables = ServiceEnvironment.Of(services, "default", links: true);

        Assert.That(variables["KUBERNETES_SERVICE_HOST"], Is.EqualTo("10.43.0.1"));
        Assert.That(variables["MY_DB_SERVICE_PORT"], Is.EqualTo("5432"));
        Assert.That(variables["MY_DB_SERVICE_PORT_METRICS"], Is.EqualTo("9000"));
        Assert.That(variables["MY_DB_PORT"], Is.EqualTo("tcp://10.43.0.7:5432"));
        Assert.That(variables["MY_DB_PORT_9000_TCP_ADDR"], Is.EqualTo("10.43.0.7"));
        Assert.That(variables.Keys, Has.None.StartsWith("FAR_").And.None.StartsWith("HEADLESS_"));
    }

    [Test]
    public void Without_service_links_only_the_API_is_told()
    {
        var services = new[] { Service("default", "kubernetes", "10.43.0.1", ("https", 443)), Service("a", "db", "10.43.0.7", ("x", 1)) };

        var variables = ServiceEnvironment.Of(services, "a", links: false);

        Assert.That(variables.Keys, Has.All.StartsWith("KUBERNETES_"));
    }

    private static V1Service Service(string space, string name, string address, params (string Name, int Port)[] ports) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space },
        Spec = new V1ServiceSpec
        {
            ClusterIP = address,
            Ports = [.. ports.Select(port => new V1ServicePort { Name = port.Name, Port = port.Port, Protocol = "TCP" })],
        },
    };

    private string? ErrorOf(string map, string key, bool optional)
    {
        var container = new V1Container
        {
            Name = "main",
            Env =
            [
                new V1EnvVar
                {
                    Name = "A",
                    ValueFrom = new V1EnvVarSource
                    {
                        ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = map, Key = key, Optional = optional },
                    },
                },
            ],
        };
        try
        {
            ContainerEnvironment.Build(container, Sources());
            return null;
        }
        catch (ContainerConfigException error)
        {
            return error.Message;
        }
    }

    private EnvironmentSources Sources() => new()
    {
        Pod = _pod,
        Addresses = new NodeAddresses("192.0.2.10", "10.42.0.9"),
        Node = new NodeResources(2000, 2L << 30, 100L << 30),
        ConfigMap = name => _maps.GetValueOrDefault(name),
        Secret = name => _secrets.GetValueOrDefault(name),
        Services = new Dictionary<string, string>(),
    };
}
