using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Admission;

public sealed class PodSecurityTests
{
    private const string Hardened =
        "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n"
        + "containers: [{name: a, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]";

    [TestCase("baseline", "containers: [{name: a}]")]
    [TestCase("baseline", "containers: [{name: a, securityContext: {capabilities: {add: [CHOWN]}}}]")]
    [TestCase("baseline", "volumes: [{name: v, nfs: {server: s, path: /}}]\ncontainers: [{name: a}]")]
    [TestCase("restricted", Hardened)]
    [TestCase("restricted", "volumes: [{name: v, emptyDir: {}}]\n" + Hardened)]
    [TestCase("privileged", "hostPID: true\ncontainers: [{name: a, securityContext: {privileged: true}}]")]
    public void A_pod_within_its_standard_is_let_in(string level, string spec)
        => Assert.That(Told(level, spec), Is.Empty);

    [TestCase("hostNetwork: true\nhostIPC: true\ncontainers: [{name: a}]", "host namespaces (hostNetwork=true, hostIPC=true)")]
    [TestCase("containers: [{name: a, securityContext: {privileged: true}}]",
        "privileged (container \"a\" must not set securityContext.privileged=true)")]
    [TestCase("initContainers: [{name: i, ports: [{containerPort: 1, hostPort: 9}]}]\n"
        + "containers: [{name: a, ports: [{containerPort: 1, hostPort: 80}]}]",
        "hostPort (containers \"i\", \"a\" use hostPorts 80, 9)")]
    [TestCase("volumes: [{name: v, hostPath: {path: /}}]\ncontainers: [{name: a}]", "hostPath volumes (volume \"v\")")]
    [TestCase("containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN]}}}]",
        "non-default capabilities (container \"a\" must not include \"SYS_ADMIN\" in securityContext.capabilities.add)")]
    [TestCase("containers: [{name: a, livenessProbe: {httpGet: {host: 127.0.0.1, port: 1}}}]",
        "probe or lifecycle host (container \"a\" uses probe or lifecycle host \"127.0.0.1\")")]
    [TestCase("containers: [{name: a, securityContext: {procMount: Unmasked}}]",
        "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")")]
    [TestCase("securityContext: {seLinuxOptions: {type: spc_t, user: u}}\ncontainers: [{name: a}]",
        "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)")]
    [TestCase("securityContext: {seccompProfile: {type: Unconfined}}\n"
        + "containers: [{name: a, securityContext: {seccompProfile: {type: Unconfined}}}]",
        "seccompProfile (pod and container \"a\" must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [TestCase("securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}\ncontainers: [{name: a}]",
        "forbidden sysctls (kernel.msgmax)")]
    [TestCase("securityContext: {appArmorProfile: {type: Unconfined}}\ncontainers: [{name: a}]",
        "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")")]
    [TestCase("securityContext: {windowsOptions: {hostProcess: true}}\ncontainers: [{name: a}]",
        "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)")]
    public void What_takes_over_a_node_is_below_baseline(string spec, string violation)
        => Assert.That(Told("baseline", spec), Is.EqualTo(violation));

    [Test]
    public void A_usual_pod_is_told_everything_that_restricted_asks_for()
        => Assert.That(Told("restricted", "volumes: [{name: v, hostPath: {path: /}}]\ncontainers: [{name: a}, {name: b}]"), Is.EqualTo(
            "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false), "
            + "unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"]), "
            + "restricted volume types (volume \"v\" uses restricted volume type \"hostPath\"), "
            + "runAsNonRoot != true (pod or containers \"a\", \"b\" must set securityContext.runAsNonRoot=true), "
            + "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to "
            + "\"RuntimeDefault\" or \"Localhost\")"));

    [Test]
    public void Rules_younger_than_the_version_asked_for_do_not_count()
    {
        const string Probe = "containers: [{name: a, livenessProbe: {tcpSocket: {host: a, port: 1}}}]";

        Assert.That(Told("baseline", Probe, minor: 33), Is.Empty);
        Assert.That(Told("baseline", Probe, minor: 34), Does.StartWith("probe or lifecycle host"));
    }

    [Test]
    public void Labels_that_cannot_be_understood_are_told_and_ask_for_everything()
    {
        var labels = new Dictionary<string, string>
        {
            ["pod-security.kubernetes.io/enforce"] = "strict",
            ["pod-security.kubernetes.io/warn-version"] = "1.30",
            ["pod-security.kubernetes.io/warn"] = "baseline",
        };
        var errors = new FieldErrors();

        PodSecurityLabels.Validate(labels, errors);
        var read = PodSecurityLabels.Of(labels);

        var refusal = Assert.Throws<ApiException>(() => errors.ThrowIfAny(new Gvk("", "v1", "Namespace"), "team"));
        Assert.That(refusal!.Message, Does.Contain("must be one of privileged, baseline, restricted"));
        Assert.That(refusal.Message, Does.Contain("must be \"latest\" or \"v1.x\""));
        Assert.That((read.Enforce.ToString(), read.Warn.ToString()), Is.EqualTo(("restricted:latest", "baseline:latest")));
    }

    private static string Told(string level, string spec, int? minor = null)
        => string.Join(", ", PodSecurityRules.Violations(
            new PodSecurityStandard(PodSecurityStandard.LevelOf(level)!.Value, minor),
            new PodUnderTest(k8s.KubernetesYaml.Deserialize<V1PodSpec>(spec), annotations: null)));
}
