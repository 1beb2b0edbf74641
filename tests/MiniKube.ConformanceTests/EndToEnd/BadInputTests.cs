using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What is wrong is refused whole, in one line that says what and what to do. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class BadInputTests : ControlPlaneFixture
{
    [TestCase("a: b: c\n", ":1:5: ")]
    [TestCase("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", ":4:1: expected spaces as indentation, found a tab")]
    [TestCase("{\"apiVersion\": \"v1\",\n \"kind\": }", ":2:10: ")]
    [TestCase("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", ":3:11: expected metadata.name")]
    [TestCase("apiVersion: v9\nkind: Rocket\nmetadata: {name: a}\n", ":1:1: the server has no kind \"Rocket\" in version \"v9\"")]
    [CancelAfter(30_000)]
    public async Task A_file_that_is_wrong_is_refused_with_its_place(string text, string message)
    {
        var file = Cluster.Write("wrong.yaml", text);

        var run = await Cluster.RunAsync(["apply", "-f", file], TestContext.CurrentContext.CancellationToken);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, run.Error)));
        Assert.That(run.Error, Does.StartWith(file + message).And.Property("Length").LessThan(400));
    }

    [Test, CancelAfter(30_000)]
    public async Task Nothing_of_several_files_is_applied_when_one_is_not_well_formed(CancellationToken cancellationToken)
    {
        var good = Cluster.Write("good.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: early}\n");
        var wrong = Cluster.Write("wrong.yaml", "apiVersion: v1\nkind: [\n");

        await Cluster.RunAsync(["apply", "-f", good, "-f", wrong], cancellationToken);

        var found = await Cluster.RunAsync(["get", "configmap", "early"], cancellationToken);
        Assert.That(found.Error, Does.Contain("Error from server (NotFound): configmaps \"early\" not found"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Every_wrong_field_is_named_at_once_by_kubectl_and_by_us(CancellationToken cancellationToken)
    {
        Requirement.Kubectl();
        var file = Cluster.Write("pod.yaml", """
            apiVersion: v1
            kind: Pod
            metadata:
              name: Wrong_Name
            spec:
              restartPolicy: Sometimes
              containers:
              - name: a
                resources: {limits: {cpu: -1}}
            """);

        var ours = await Cluster.RunAsync(["apply", "-f", file], cancellationToken);
        var theirs = await Cluster.KubectlAsync(["create", "-f", file], cancellationToken);

        foreach (var run in (ProgramRun[])[ours, theirs])
        {
            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Error, Does.Contain("metadata.name").And.Contain("spec.restartPolicy")
                .And.Contain("spec.containers[0].image").And.Contain("spec.containers[0].resources.limits[cpu]"));
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Unknown_fields_are_refused(CancellationToken cancellationToken)
    {
        Requirement.Kubectl();
        var file = Cluster.Write("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typo}\ndatta: {a: b}\n");

        var theirs = await Cluster.KubectlAsync(["create", "-f", file], cancellationToken);

        Assert.That((theirs.ExitCode, theirs.Error), Is.EqualTo((1, theirs.Error)));
        Assert.That(theirs.Error, Does.Contain("unknown field \"datta\""));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_body_over_three_mebibytes_is_413(CancellationToken cancellationToken)
    {
        using var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler);
        var access = KubernetesClientConfiguration.BuildConfigFromConfigFile(Cluster.Kubeconfig);
        handler.ClientCertificates.Add(X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(Convert.FromBase64String(access.ClientCertificateData)),
            Encoding.ASCII.GetString(Convert.FromBase64String(access.ClientCertificateKeyData))));
        var body = $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"big"},"data":{"a":"{{{new string('x', 4 << 20)}}}"}}""";

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(
            new Uri($"https://127.0.0.1:{Cluster.HttpsPort}/api/v1/namespaces/default/configmaps"), content, cancellationToken);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_data_directory_in_use_names_the_process_that_has_it(CancellationToken cancellationToken)
    {
        var run = await Cluster.FailToServeAsync([], cancellationToken);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain($"is in use by process {Server.Id}").And.Contain("minikube stop"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_taken_port_is_one_line_that_names_the_flag(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        await using var other = MiniKubeInstance.Create();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var run = await other.FailToServeAsync(["--https-port", $"{port}", "--disable-agent", "true"], cancellationToken);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain($"{port}").And.Contain("--https-port"));
    }

    [TestCase("--runtime", "rkt")]
    [TestCase("--https-port", "70000")]
    [TestCase("--cluster-cidr", "everywhere")]
    [CancelAfter(30_000)]
    public async Task A_wrong_flag_is_exit_code_2(string flag, string value)
    {
        await using var other = MiniKubeInstance.Create();

        var run = await other.FailToServeAsync([flag, value], TestContext.CurrentContext.CancellationToken);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.StartWith($"{flag}: '{value}' is not "));
    }

    [Test, CancelAfter(30_000)]
    public async Task Ranges_that_differ_from_those_of_the_first_start_are_refused(CancellationToken cancellationToken)
    {
        await using var other = MiniKubeInstance.Create();
        await using (var first = await other.StartControlPlaneAsync(cancellationToken))
        {
            await first.EndAsync("TERM", cancellationToken);
        }

        var run = await other.FailToServeAsync(["--cluster-cidr", "10.9.0.0/16"], cancellationToken);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, run.Error)));
        Assert.That(run.Error, Does.Contain($"differs from {other.ClusterCidr}"));
    }
}
