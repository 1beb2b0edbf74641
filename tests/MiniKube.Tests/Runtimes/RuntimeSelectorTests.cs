using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class RuntimeSelectorTests
{
    // Which one it is is all that counts here, so simulated ones stand for the two.
    private readonly IContainerRuntime _docker = new SimulatedRuntime(TimeProvider.System);
    private readonly IContainerRuntime _embedded = new SimulatedRuntime(TimeProvider.System);
    private readonly List<Uri> _asked = [];
    private Uri? _engine;

    [Test, CancelAfter(5_000)]
    public async Task Auto_takes_docker_where_an_engine_answers(CancellationToken cancellationToken)
    {
        _engine = new Uri("tcp://127.0.0.1:2375");

        var choice = await RuntimeSelector.ChooseAsync(
            "auto", Candidates(isRoot: true) with { DockerEndpoint = _engine }, cancellationToken);

        Assert.That(choice.Runtime, Is.SameAs(_docker));
    }

    [Test, CancelAfter(5_000)]
    public async Task Auto_takes_embedded_as_root_without_an_engine(CancellationToken cancellationToken)
    {
        var choice = await RuntimeSelector.ChooseAsync("auto", Candidates(isRoot: true), cancellationToken);

        Assert.That(choice.Runtime, Is.SameAs(_embedded));
        Assert.That(_asked, Is.Empty, "a socket that is not there is not asked");
    }

    [Test, CancelAfter(5_000)]
    public async Task Auto_says_what_is_missing_when_nothing_is_possible(CancellationToken cancellationToken)
    {
        var choice = await RuntimeSelector.ChooseAsync("auto", Candidates(isRoot: false), cancellationToken);

        Assert.That(choice.Runtime, Is.Null);
        Assert.That(choice.Lack, Does.Contain("/nowhere/docker.sock").And.Contain("root"));
    }

    [Test, CancelAfter(5_000)]
    public async Task The_flag_goes_before_the_environment(CancellationToken cancellationToken)
    {
        _engine = new Uri("tcp://127.0.0.1:1");
        var candidates = Candidates(isRoot: false) with { DockerEndpoint = _engine, DockerHost = "tcp://127.0.0.1:2" };

        await RuntimeSelector.ChooseAsync("docker", candidates, cancellationToken);

        Assert.That(_asked, Is.EqualTo(new[] { _engine }));
    }

    [TestCase("docker", "start it"), TestCase("embedded", "needs Linux and root"), TestCase("podman", "known: auto, docker")]
    public void A_named_runtime_that_cannot_be_had_is_an_error(string name, string message)
    {
        var error = Assert.ThrowsAsync<RuntimeException>(
            () => RuntimeSelector.ChooseAsync(name, Candidates(isRoot: false), CancellationToken.None));

        Assert.That(error!.Message, Does.Contain(message));
    }

    private RuntimeCandidates Candidates(bool isRoot) => new()
    {
        Docker = _ => _docker,
        Embedded = () => _embedded,
        Simulated = () => new SimulatedRuntime(TimeProvider.System),
        DockerSocket = "/nowhere/docker.sock",
        IsLinuxRoot = isRoot,
        ProbeDocker = (endpoint, _) =>
        {
            _asked.Add(endpoint);
            return Task.FromResult(endpoint == _engine ? "28.0.0" : null);
        },
    };
}
