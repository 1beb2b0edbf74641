using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class ServiceRulesTests
{
    private const string Good = """
        {
          "metadata": { "name": "web", "namespace": "default" },
          "spec": { "selector": { "app": "web" }, "clusterIP": "10.43.0.9", "ports": [{ "port": 80, "targetPort": "http" }] }
        }
        """;

    [TestCase("{}")]
    [TestCase("""{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""")]
    [TestCase("""{"type":"ExternalName","externalName":"example.com","clusterIP":null,"ports":null,"selector":null}""")]
    [TestCase("""{"clusterIP":"None","ports":null}""")]
    [TestCase("""{"clusterIP":"None","selector":null}""")]
    [TestCase("""{"sessionAffinity":"ClientIP"}""")]
    [TestCase("""{"type":"LoadBalancer","externalTrafficPolicy":"Local"}""")]
    [TestCase("""{"type":"LoadBalancer","loadBalancerClass":"example.com/lb","loadBalancerSourceRanges":["10.0.0.0/8"]}""")]
    [TestCase("""{"trafficDistribution":"PreferSameNode"}""")]
    public void A_good_service_passes(string spec) => Assert.That(Create(spec), Is.Empty);

    [TestCase("""{"ports":[]}""", "spec.ports: Required value")]
    [TestCase("""{"ports":[{"port":1},{"port":2}]}""", "spec.ports[0].name: Required value|spec.ports[1].name: Required value")]
    [TestCase("""{"ports":[{"port":1,"name":"a"},{"port":1,"name":"b"}]}""", "spec.ports[1]: Duplicate value: \"1/TCP\"")]
    [TestCase("""{"ports":[{"port":0}]}""", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive|"
        + "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [TestCase("""{"ports":[{"port":80,"nodePort":30080}]}""",
        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [TestCase("""{"type":"Other"}""", "spec.type: Unsupported value: \"Other\": supported values: \"ClusterIP\", \"ExternalName\", "
        + "\"LoadBalancer\", \"NodePort\"")]
    [TestCase("""{"type":"NodePort","clusterIP":"None"}""",
        "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services")]
    [TestCase("""{"type":"ExternalName","clusterIP":null}""", "spec.externalName: Required value")]
    [TestCase("""{"clusterIP":"ten"}""",
        "spec.clusterIPs[0]: Invalid value: \"ten\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [TestCase("""{"externalIPs":["127.0.0.1"]}""",
        "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [TestCase("""{"loadBalancerClass":"example.com/lb"}""",
        "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'")]
    [TestCase("""{"loadBalancerSourceRanges":["10.0.0.0/8"]}""",
        "spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'")]
    [TestCase("""{"type":"LoadBalancer","healthCheckNodePort":31000}""",
        "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and "
        + "`externalTrafficPolicy` is 'Local'")]
    [TestCase("""{"trafficDistribution":"Anywhere"}""",
        "spec.trafficDistribution: Unsupported value: \"Anywhere\": supported values: \"PreferClose\", \"PreferSameNode\", "
        + "\"PreferSameZone\"")]
    [TestCase("""{"externalTrafficPolicy":"Local"}""",
        "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services")]
    [TestCase("""{"ipFamilyPolicy":"RequireDualStack"}""",
        "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services")]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":0}}}""",
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400")]
    public void A_bad_service_is_refused(string spec, string problems)
        => Assert.That(Create(spec), Is.EqualTo(problems.Split('|')));

    [Test]
    public void An_address_once_given_stays()
    {
        Assert.That(Update("""{"clusterIP":"10.43.0.10"}"""),
            Is.EqualTo(new[] { "spec.clusterIPs[0]: Invalid value: [\"10.43.0.10\"]: may not change once set" }));
        Assert.That(Update("""{"clusterIP":null}"""), Is.Empty);
        Assert.That(Update("""{"clusterIP":null,"clusterIPs":["10.43.0.9"],"type":"ExternalName","externalName":"a.b"}"""), Is.Empty);
        Assert.That(Update("""{"type":"ExternalName","externalName":"a.b"}"""), Is.Empty);
    }

    private static IEnumerable<string> Create(string spec) => Validated.Create(new ServiceResource(), Good, $$"""{"spec":{{spec}}}""");

    private static IEnumerable<string> Update(string spec) => Validated.Update(new ServiceResource(), Good, $$"""{"spec":{{spec}}}""");
}
