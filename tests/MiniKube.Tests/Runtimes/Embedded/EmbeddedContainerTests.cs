using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class EmbeddedContainerTests
{
    private static readonly ContainerState Started = new("main.0", 7, 100, 0, 0, false);

    private static readonly ContainerState Ended = Started with { Finished = 200, ExitCode = 3 };

    [Test]
    public void A_container_that_ended_stays_ended_when_the_word_of_its_start_is_read_last()
    {
        var container = NewContainer();

        container.Update(Ended);
        container.Update(Started);

        Assert.That((container.Running, container.State!.ExitCode), Is.EqualTo((false, 3)));
        Assert.That(container.Ended.IsCompleted, Is.True);
    }

    [Test]
    public void It_runs_from_its_start_to_its_end()
    {
        var container = NewContainer();

        container.Update(Started);
        var (ran, ended) = (container.Running, container.Ended.IsCompleted);
        container.Update(Ended);

        Assert.That((ran, ended), Is.EqualTo((true, false)));
        Assert.That((container.Running, container.Ended.IsCompleted), Is.EqualTo((false, true)));
    }

    private static EmbeddedContainer NewContainer() => new("sandbox", "/nowhere", new ContainerRecord
    {
        Name = "main",
        Attempt = 0,
        Image = "image",
        ImageId = "sha256:0",
        SpecHash = "0",
        StopSignal = 15,
        Created = DateTimeOffset.UnixEpoch,
    });
}
