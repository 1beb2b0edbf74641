using System.Net;

namespace MiniKube.IntegrationTests;

/// <summary>What the namespace, not the object, has to say about a write.</summary>
public sealed class AdmissionTests : HttpFixture
{
    private const string Quotas = "/api/v1/namespaces/default/resourcequotas";
    private const string Ranges = "/api/v1/namespaces/default/limitranges";
    private const string Services = "/api/v1/namespaces/default/services";
    private const string Default = "/api/v1/namespaces/default";

    [Test]
    public async Task Of_many_who_ask_at_once_only_as_many_are_let_in_as_the_quota_says()
    {
        await PostAsync(Quotas, """{"metadata":{"name":"few"},"spec":{"hard":{"configmaps":"7","count/configmaps":"9"} } }""", default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => PostAsync(ConfigMaps, ConfigMap($"c{number}"), default)));

        Assert.That(answers.Count(static one => one.Code == HttpStatusCode.Created), Is.EqualTo(7));
        var refused = answers.First(static one => one.Code != HttpStatusCode.Created);
        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(refused.Field("message"), Does.EndWith(
            "is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=7, limited: configmaps=7"));
    }

    [Test]
    public async Task What_is_deleted_or_refused_for_other_reasons_uses_nothing()
    {
        await PostAsync(Quotas, """{"metadata":{"name":"one"},"spec":{"hard":{"configmaps":"1"} } }""", default);
        var invalid = await PostAsync(ConfigMaps, ConfigMap("UPPER"), default);
        var first = await PostAsync(ConfigMaps, ConfigMap("first"), default);
        await DeleteAsync($"{ConfigMaps}/first", default);

        var second = await PostAsync(ConfigMaps, ConfigMap("second"), default);

        Assert.That((invalid.Code, first.Code, second.Code), Is.EqualTo(
            (HttpStatusCode.UnprocessableEntity, HttpStatusCode.Created, HttpStatusCode.Created)));
    }

    [Test]
    public async Task Pods_under_a_quota_of_compute_say_what_they_need_and_count_with_it()
    {
        const string Body = """{"metadata":{"name":"compute"},"spec":{"hard":{"requests.cpu":"1","limits.memory":"1Gi"} } }""";
        await PostAsync(Quotas, Body, default);

        var silent = await PostAsync(Pods, Pod("silent"), default);
        var first = await PostAsync(Pods, PodOf("first", "600m", "512Mi"), default);
        var second = await PostAsync(Pods, PodOf("second", "600m", "256Mi"), default);

        Assert.That(silent.Field("message"), Does.Contain("failed quota: compute: must specify limits.memory for: a; requests.cpu for: a"));
        Assert.That(first.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(second.Field("message"), Does.Contain(
            "exceeded quota: compute, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1"));
    }

    [Test]
    public async Task A_quota_with_a_scope_counts_what_matches_it_only()
    {
        const string Body = """{"metadata":{"name":"ending"},"spec":{"hard":{"pods":"0"},"scopes":["Terminating"]} }""";
        await PostAsync(Quotas, Body, default);

        var lasting = await PostAsync(Pods, Pod("lasting"), default);
        var ending = await PostAsync(Pods,
            """{"metadata":{"name":"ending"},"spec":{"activeDeadlineSeconds":9,"containers":[{"name":"a","image":"x"}]} }""", default);

        Assert.That((lasting.Code, ending.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Forbidden)));
    }

    [Test]
    public async Task A_Service_that_becomes_one_with_a_node_port_counts_as_one()
    {
        await PostAsync(Quotas, """{"metadata":{"name":"ports"},"spec":{"hard":{"services.nodeports":"0"} } }""", default);
        await PostAsync(Services, """{"metadata":{"name":"web"},"spec":{"ports":[{"port":80}]} }""", default);

        var patched = await PatchAsync($"{Services}/web", "merge", """{"spec":{"type":"NodePort"} }""", default);

        Assert.That(patched.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(patched.Field("message"), Does.Contain("exceeded quota: ports, requested: services.nodeports=1"));
    }

    [Test]
    public async Task A_limit_range_fills_in_and_bounds_what_containers_ask_for()
    {
        await PostAsync(Ranges, """
            {"metadata":{"name":"usual"},"spec":{"limits":[{"type":"Container",
              "default":{"memory":"256Mi"},"defaultRequest":{"memory":"128Mi"},"min":{"cpu":"50m"},
              "max":{"cpu":"500m"},"maxLimitRequestRatio":{"cpu":"2"}}]} }
            """, default);

        var filled = await PostAsync(Pods, Pod("filled"), default);
        var outside = await PostAsync(Pods, PodOf("outside", "10m", "1Gi", ",\"cpu\":\"2\""), default);

        var resources = filled.Json["spec"]!["containers"]![0]!["resources"]!;
        Assert.That(
            ((string?)resources["requests"]!["memory"], (string?)resources["limits"]!["memory"], (string?)resources["limits"]!["cpu"]),
            Is.EqualTo(("128Mi", "256Mi", "500m")));
        Assert.That((string?)filled.Json["metadata"]!["annotations"]!["kubernetes.io/limit-ranger"], Is.EqualTo(
            "LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a"));
        Assert.That(outside.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(outside.Field("message"), Is.EqualTo("pods \"outside\" is forbidden: ["
            + "minimum cpu usage per Container is 50m, but request is 10m, "
            + "maximum cpu usage per Container is 500m, but limit is 2, "
            + "cpu max limit to request ratio per Container is 2, but provided ratio is 200.000000]"));
    }

    [Test]
    public async Task A_namespace_refuses_and_warns_by_the_pod_security_standards()
    {
        await PostAsync(Pods, """{"metadata":{"name":"old"},"spec":{"hostPID":true,"containers":[{"name":"a","image":"x"}]} }""", default);

        var labelled = await PatchAsync(Default, "merge", """
            {"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/warn":"restricted"} } }
            """, default);
        var refused = await PostAsync(Pods,
            """{"metadata":{"name":"root"},"spec":{"containers":[{"name":"a","image":"x","securityContext":{"privileged":true} }]} }""",
            default);
        var warned = await PostAsync(Pods, Pod("usual"), default);
        var workload = await PostAsync(Deployments, Deployment("web"), default);
        var wrong = await PatchAsync(
            Default, "merge", """{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"strict"} } }""", default);

        Assert.That(WarningsOf(labelled), Does.Contain(
            "existing pods in namespace \\\"default\\\" violate the new PodSecurity enforce level \\\"baseline:latest\\\"").And.Contain(
            "old: host namespaces"));
        Assert.That(refused.Field("message"), Is.EqualTo("pods \"root\" is forbidden: violates PodSecurity \"baseline:latest\": privileged "
            + "(container \"a\" must not set securityContext.privileged=true)"));
        Assert.That(warned.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(WarningsOf(warned), Does.StartWith(
            "299 - \"would violate PodSecurity \\\"restricted:latest\\\": allowPrivilegeEscalation"));
        Assert.That(WarningsOf(workload), Does.StartWith("299 - \"would violate PodSecurity"));
        Assert.That(wrong.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Classes_are_looked_up_and_the_default_ones_filled_in()
    {
        await PostAsync("/apis/storage.k8s.io/v1/storageclasses", """
            {"metadata":{"name":"fast","annotations":{"storageclass.kubernetes.io/is-default-class":"true"} },"provisioner":"p"}
            """, default);
        await PostAsync("/apis/networking.k8s.io/v1/ingressclasses", """
            {"metadata":{"name":"edge","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"} },
             "spec":{"controller":"c.io/c"} }
            """, default);
        await PostAsync("/apis/node.k8s.io/v1/runtimeclasses", """
            {"metadata":{"name":"boxed"},"handler":"box","overhead":{"podFixed":{"cpu":"50m"} },
             "scheduling":{"nodeSelector":{"box":"yes"} } }
            """, default);

        var claim = await PostAsync("/api/v1/namespaces/default/persistentvolumeclaims", """
            {"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }
            """, default);
        var ingress = await PostAsync("/apis/networking.k8s.io/v1/namespaces/default/ingresses",
            """{"metadata":{"name":"web"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80} } } } }""", default);
        var boxed = await PostAsync(Pods,
            """{"metadata":{"name":"boxed"},"spec":{"runtimeClassName":"boxed","containers":[{"name":"a","image":"x"}]} }""", default);
        var lost = await PostAsync(Pods,
            """{"metadata":{"name":"lost"},"spec":{"runtimeClassName":"none","containers":[{"name":"a","image":"x"}]} }""", default);

        Assert.That((string?)claim.Json["spec"]!["storageClassName"], Is.EqualTo("fast"));
        Assert.That((string?)ingress.Json["spec"]!["ingressClassName"], Is.EqualTo("edge"));
        Assert.That((string?)boxed.Json["spec"]!["overhead"]!["cpu"], Is.EqualTo("50m"));
        Assert.That((string?)boxed.Json["spec"]!["nodeSelector"]!["box"], Is.EqualTo("yes"));
        Assert.That(lost.Field("message"), Is.EqualTo("pods \"lost\" is forbidden: pod rejected: RuntimeClass \"none\" not found"));
    }

    private static string WarningsOf(Answer answer)
        => answer.Headers.TryGetValues("Warning", out var warnings) ? string.Join('\n', warnings) : "";

    private static string PodOf(string name, string cpu, string memory, string more = "") => $$"""
        {"metadata":{"name":"{{name}}"},"spec":{"containers":[{"name":"a","image":"x",
          "resources":{"requests":{"cpu":"{{cpu}}"},"limits":{"memory":"{{memory}}"{{more}} } } }]} }
        """;
}
