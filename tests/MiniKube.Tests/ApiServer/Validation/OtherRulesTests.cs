using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class OtherRulesTests
{
    private const string Frozen = "Forbidden: field is immutable when `immutable` is set";

    [TestCase("""{"data":{"a.b":"c"},"binaryData":{"d":"AAAA"}}""", "")]
    [TestCase("""{"data":{"a/b":"c"}}""", "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of")]
    [TestCase("""{"data":{"a":"c"},"binaryData":{"a":"AAAA"}}""",
        "data[a]: Invalid value: \"a\": duplicate of key present in binaryData")]
    public void Config_maps_have_keys_that_are_file_names(string change, string problem)
        => AssertProblem(Validated.Create(new ConfigMapResource(), Named, change), problem);

    [Test]
    public void Config_maps_and_secrets_hold_a_mebibyte()
    {
        var text = new string('x', 1024 * 1024);
        Assert.That(Validated.Create(new ConfigMapResource(), Named, $$$"""{"data":{"a":"{{{text}}}"}}"""), Is.Empty);
        Assert.That(Validated.Create(new ConfigMapResource(), Named, $$$"""{"data":{"a":"{{{text}}}x"}}"""),
            Is.EqualTo(new[] { "[]: Too long: may not be more than 1048576 bytes" }));
        Assert.That(Validated.Create(new SecretResource(), Named, $$$"""{"stringData":{"a":"{{{text}}}x"}}"""),
            Is.EqualTo(new[] { "data: Too long: may not be more than 1048576 bytes" }));
    }

    [Test]
    public void What_is_immutable_stays()
    {
        const string map = """{"metadata":{"name":"a","namespace":"d"},"data":{"a":"b"},"immutable":true}""";
        const string secret = """{"metadata":{"name":"a","namespace":"d"},"data":{"a":"AAAA"},"immutable":true}""";

        Assert.That(Validated.Update(new ConfigMapResource(), map, """{"data":{"a":"c"},"immutable":null}"""),
            Is.EqualTo(new[] { $"immutable: {Frozen}", $"data: {Frozen}" }));
        Assert.That(Validated.Update(new ConfigMapResource(), map, """{"metadata":{"labels":{"x":"y"}}}"""), Is.Empty);
        Assert.That(Validated.Update(new SecretResource(), secret, """{"data":{"a":"BBBB"}}"""),
            Is.EqualTo(new[] { $"data: {Frozen}" }));
        Assert.That(Validated.Update(new SecretResource(), secret, """{"type":"x/y"}"""),
            Is.EqualTo(new[] { "type: Invalid value: \"x/y\": field is immutable" }));
    }

    [TestCase("kubernetes.io/tls", """{"tls.crt":""}""", "data[tls.key]: Required value")]
    [TestCase("kubernetes.io/basic-auth", "{}", "data[username]: Required value|data[password]: Required value")]
    [TestCase("kubernetes.io/basic-auth", """{"username":"u"}""", "")]
    [TestCase("kubernetes.io/ssh-auth", "{}", "data[ssh-privatekey]: Required value")]
    [TestCase("kubernetes.io/dockerconfigjson", "{}", "data[.dockerconfigjson]: Required value")]
    [TestCase("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":"{"}""",
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": is not valid JSON")]
    [TestCase("kubernetes.io/service-account-token", "{}", "metadata.annotations[kubernetes.io/service-account.name]: Required value")]
    public void Secrets_have_what_their_type_needs(string type, string data, string problems)
        => Assert.That(Validated.Create(new SecretResource(), Named, $$"""{"type":"{{type}}","stringData":{{data}}}"""),
            Is.EqualTo(problems.Split('|', StringSplitOptions.RemoveEmptyEntries)));

    [Test]
    public void A_node_keeps_its_network()
    {
        const string node = """{"metadata":{"name":"n"},"spec":{"podCIDR":"10.42.0.0/24"}}""";

        Assert.That(Validated.Update(new NodeResource(), node, """{"spec":{"podCIDR":"10.42.1.0/24"}}"""),
            Is.EqualTo(new[] { "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid" }));
        Assert.That(Validated.Update(new NodeResource(), """{"metadata":{"name":"n"}}""", """{"spec":{"podCIDR":"10.42.1.0/24"}}"""),
            Is.Empty);
        Assert.That(Validated.Create(new NodeResource(), node, """{"spec":{"taints":[{"key":"a","effect":"Maybe"}]}}""").Single(),
            Does.StartWith("metadata.taints[0].effect: Unsupported value: \"Maybe\""));
    }

    [TestCase("""{"involvedObject":{"namespace":"d"}}""", "")]
    [TestCase("""{"involvedObject":{"namespace":"other"}}""",
        "involvedObject.namespace: Invalid value: \"other\": does not match event.namespace")]
    [TestCase("""{"involvedObject":{"namespace":"d"},"eventTime":"2026-01-01T00:00:00.000000Z","reason":"a","action":"b"}""",
        "reportingComponent: Required value|reportingInstance: Required value")]
    public void An_event_lies_beside_its_object(string change, string problems)
        => Assert.That(Validated.Create(new EventResource(), Named, change),
            Is.EqualTo(problems.Split('|', StringSplitOptions.RemoveEmptyEntries)));

    [TestCase("""{"spec":{"leaseDurationSeconds":0}}""",
        "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0")]
    [TestCase("""{"spec":{"leaseDurationSeconds":1,"leaseTransitions":-1}}""",
        "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0")]
    public void Leases_count_upwards(string change, string problem)
        => AssertProblem(Validated.Create(new LeaseResource(), Named, change), problem);

    [TestCase("""{"subsets":[{}]}""", "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`")]
    [TestCase("""{"subsets":[{"addresses":[{"ip":"169.254.0.1"}]}]}""",
        "subsets[0].addresses[0].ip: Invalid value: \"169.254.0.1\": may not be in the link-local range")]
    [TestCase("""{"subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":1},{"port":2,"name":"b"}]}]}""",
        "subsets[0].ports[0].name: Required value")]
    public void Endpoints_are_addresses_others_can_reach(string change, string problem)
        => AssertProblem(Validated.Create(new EndpointsResource(), Named, change), problem);

    [TestCase("""{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]}""", "")]
    [TestCase("""{"addressType":"IPv4","endpoints":[{"addresses":["::5"]}]}""",
        "endpoints[0].addresses[0]: Invalid value: \"::5\": must be")]
    [TestCase("""{"addressType":"IPv4","endpoints":[{"addresses":[]}]}""", "endpoints[0].addresses: Required value: must contain")]
    [TestCase("""{"addressType":"IPv4","ports":[{"name":"a"},{"name":"a"}]}""", "ports[1].name: Duplicate value: \"a\"")]
    [TestCase("{}", "addressType: Required value")]
    public void Endpoint_slices_are_of_one_address_type(string change, string problem)
        => AssertProblem(Validated.Create(new EndpointSliceResource(), Named, change), problem);

    private const string Named = """{"metadata":{"name":"a","namespace":"d"}}""";

    private static void AssertProblem(IEnumerable<string> problems, string expected)
        => Assert.That(problems, expected.Length == 0 ? Is.Empty : Has.Exactly(1).StartsWith(expected));
}
