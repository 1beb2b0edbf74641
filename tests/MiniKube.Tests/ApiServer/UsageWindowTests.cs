using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer;

/// <summary>Two samples of a node's counters become what it uses now.</summary>
public sealed class UsageWindowTests
{
    private static readonly ObjectKey Web = new("default", "web");

    [Test]
    public void Use_of_processor_is_what_was_counted_between_the_samples()
    {
        var window = UsageWindow.Between(Sample(10_000, 5, Line("app", 2, 0, 4096)), Sample(12_000, 6, Line("app", 2.5, 0, 8192)));

        Assert.That(window.Length, Is.EqualTo(TimeSpan.FromSeconds(2)));
        Assert.That(window.Node, Is.EqualTo(new Rate(0.5, 1024)));
        Assert.That(window.Pods[Web]["app"], Is.EqualTo(new Rate(0.25, 8192)));
    }

    [Test]
    public void A_container_that_began_meanwhile_counts_from_its_start()
    {
        var restarted = UsageWindow.Between(Sample(10_000, 0, Line("app", 9, 0, 1)), Sample(12_000, 0, Line("app", 0.5, 11, 1)));
        var isNew = UsageWindow.Between(Sample(10_000, 0), Sample(12_000, 0, Line("app", 0.5, 11, 1)));

        Assert.That(restarted.Pods[Web]["app"].Cores, Is.EqualTo(0.5));
        Assert.That(isNew.Pods[Web]["app"].Cores, Is.EqualTo(0.5));
    }

    [Test]
    public void What_cannot_be_read_is_left_out()
    {
        var sample = UsageSample.Read(
            "# HELP x y\nnode_cpu_usage_seconds_total what 1\nnode_cpu_usage_seconds_total 3\n\n{} {} {}\nother 1 2\n");

        Assert.That(sample.Node, Is.EqualTo(default(Counted)));
        Assert.That(sample.Containers, Is.Empty);
    }

    [TestCase(1.5, "1.5s")]
    [TestCase(15.0624, "15.062s")]
    [TestCase(75, "1m15s")]
    public void Windows_are_written_as_durations(double seconds, string text)
        => Assert.That(UsageTexts.Window(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    private static Func<long, string> Line(string container, double cpu, double started, long memory) => time
        => $"container_cpu_usage_seconds_total{{container=\"{container}\",namespace=\"default\",pod=\"web\"}} {cpu} {time}\n"
            + $"container_memory_working_set_bytes{{container=\"{container}\",namespace=\"default\",pod=\"web\"}} {memory} {time}\n"
            + $"container_start_time_seconds{{container=\"{container}\",namespace=\"default\",pod=\"web\"}} {started} {time}\n";

    private static UsageSample Sample(long time, double node, params Func<long, string>[] containers)
        => UsageSample.Read(
            $"node_cpu_usage_seconds_total {node} {time}\nnode_memory_working_set_bytes 1024 {time}\n"
            + string.Concat(containers.Select(one => one(time))));
}
