using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What a program in a pod has to talk to the API server with.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class PodIdentityTests
{
    private const string Files = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string Manifest = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: robot}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: robot-views}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: robot, namespace: default}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: robot}
        spec:
          serviceAccountName: robot
          containers: [{name: sleep, image: minikube/testbox, imagePullPolicy: IfNotPresent, args: [sleep, infinity]}]
        """;

    [Test, CancelAfter(90_000)]
    public async Task A_pod_reaches_the_API_with_what_is_mounted_in_it_and_its_token_dies_with_it(CancellationToken cancellationToken)
    {
        Requirement.Kubectl();
        await using var cluster = MiniKubeInstance.Create();
        await using var up = await cluster.UpAsync([cluster.Write("robot.yaml", Manifest)], cancellationToken);
        var token = await ReadAsync(cluster, "token", cancellationToken);
        var authority = cluster.Write("ca.crt", await ReadAsync(cluster, "ca.crt", cancellationToken));
        var home = await ReadAsync(cluster, "namespace", cancellationToken);
        var variables = (await cluster.KubectlOutputAsync(["exec", "robot", "--", "env"], cancellationToken)).Split('\n');
        var host = variables.Single(line => line.StartsWith("KUBERNETES_SERVICE_HOST=", StringComparison.Ordinal)).Split('=')[1];
        var objects = $"https://{host}/api/v1/namespaces/{home}";

        var pods = await CurlAsync(authority, token, $"{objects}/pods", cancellationToken);
        var secrets = await CurlAsync(authority, token, $"{objects}/secrets", cancellationToken);
        await cluster.KubectlOutputAsync(["delete", "pod", "robot", "--now"], cancellationToken);
        var after = await CurlAsync(authority, token, $"https://{host}/api", cancellationToken);

        Assert.That(pods, Does.Contain("\"PodList\""));
        Assert.That(secrets, Does.Contain(
            "secrets is forbidden: User \\\"system:serviceaccount:default:robot\\\" cannot list resource"));
        Assert.That(after, Does.Contain("Unauthorized"));
    }

    private static Task<string> ReadAsync(MiniKubeInstance cluster, string name, CancellationToken cancellationToken)
        => cluster.KubectlOutputAsync(["exec", "robot", "--", "cat", $"{Files}/{name}"], cancellationToken);

    private static async Task<string> CurlAsync(string authority, string token, string url, CancellationToken cancellationToken)
    {
        var run = await ProgramRun.OfAsync(
            "curl",
            ["-sS", "-m", "10", "--retry", "5", "--retry-connrefused", "--cacert", authority, "-H", $"Authorization: Bearer {token}", url],
            new Dictionary<string, string>(),
            cancellationToken);
        return run.Success();
    }
}
