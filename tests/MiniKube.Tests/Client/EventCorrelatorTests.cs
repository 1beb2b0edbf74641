using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Client;

namespace MiniKube.Tests.Client;

public sealed class EventCorrelatorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly EventCorrelator _correlator;

    public EventCorrelatorTests() => _correlator = new EventCorrelator(_time);

    [Test]
    public void The_first_report_makes_an_event_that_names_its_object()
    {
        var written = Report("Pulled the image")!;

        Assert.That(written.IsNew, Is.True);
        Assert.That(written.Item.Count, Is.EqualTo(1));
        Assert.That(written.Item.Metadata.Name, Does.Match("^web\\.[0-9a-f]{16}$"));
        Assert.That(written.Item.Metadata.NamespaceProperty, Is.EqualTo("default"));
        Assert.That(written.Item.InvolvedObject.Name, Is.EqualTo("web"));
    }

    [Test]
    public void The_same_report_again_counts_up_and_keeps_the_first_time()
    {
        var first = Report("Pulled the image")!;
        _time.Advance(TimeSpan.FromSeconds(5));

        var second = Report("Pulled the image")!;

        Assert.That(second.IsNew, Is.False);
        Assert.That(second.Item.Count, Is.EqualTo(2));
        Assert.That(second.Item.Metadata.Name, Is.EqualTo(first.Item.Metadata.Name));
        Assert.That(second.Item.LastTimestamp - second.Item.FirstTimestamp, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Ten_reports_that_differ_only_in_words_become_one_combined_event()
    {
        var written = Enumerable.Range(0, 12).Select(number => Report($"try {number}")!).ToList();

        Assert.That(written.Take(9).Select(one => one.IsNew), Is.All.True);
        Assert.That(written[9].Item.Message, Is.EqualTo("(combined from similar events): try 9"));
        Assert.That(written[11].IsNew, Is.False);
        Assert.That(written[11].Item.Count, Is.EqualTo(3));
    }

    [Test]
    public void An_object_reported_about_too_often_gets_one_event_each_five_minutes()
    {
        var written = Enumerable.Range(0, 40).Count(_ => Report("again") is not null);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.That(written, Is.EqualTo(25));
        Assert.That(Report("again"), Is.Not.Null);
        Assert.That(Report("again"), Is.Null);
    }

    private CorrelatedEvent? Report(string message)
    {
        var about = new V1ObjectReference { Kind = "Pod", Name = "web", NamespaceProperty = "default", Uid = "u" };
        var correlated = _correlator.Correlate(
            new EventReport(new EventSource("kubelet", "node-a"), about, "Normal", "Pulled", message));
        if (correlated is not null)
        {
            _correlator.Remember(correlated.Key, correlated.Item);
        }

        return correlated;
    }
}
