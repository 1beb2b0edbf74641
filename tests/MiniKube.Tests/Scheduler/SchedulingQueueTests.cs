using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Scheduler;
using MiniKube.Testing;

namespace MiniKube.Tests.Scheduler;

public sealed class SchedulingQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests() => _queue = new SchedulingQueue(_time, new Random(7));

    [TearDown]
    public void Dispose() => _queue.Dispose();

    [Test, CancelAfter(10_000)]
    public async Task Pods_of_higher_priority_go_first_and_then_those_that_came_first(CancellationToken cancellationToken)
    {
        _queue.Set(Pod("low-1"));
        _queue.Set(Pod("high", priority: 1_000));
        _queue.Set(Pod("low-2"));

        var order = new[] { await TakeAsync(cancellationToken), await TakeAsync(cancellationToken), await TakeAsync(cancellationToken) };

        Assert.That(order, Is.EqualTo(new[] { "high", "low-1", "low-2" }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_parked_pod_is_woken_by_what_can_help_and_by_nothing_else(CancellationToken cancellationToken)
    {
        await ParkAsync("web", ClusterChanges.Node, cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(2));

        _queue.Wake(ClusterChanges.PodLeft);
        var tooEarly = _queue.TakeAsync(cancellationToken);
        var wokenByOther = tooEarly.IsCompleted;
        _queue.Wake(ClusterChanges.Node);

        Assert.That(wokenByOther, Is.False);
        Assert.That((await tooEarly).Key.Name, Is.EqualTo("web"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_woken_pod_still_waits_for_its_backoff_which_doubles(CancellationToken cancellationToken)
    {
        await ParkAsync("web", ClusterChanges.Node, cancellationToken);
        _queue.Wake(ClusterChanges.Node);
        var first = _queue.TakeAsync(cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(first.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await first;

        _queue.Park("web", ClusterChanges.Node);
        _queue.Wake(ClusterChanges.Node);
        var second = _queue.TakeAsync(cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.That(second.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await second;
    }

    [Test, CancelAfter(10_000)]
    public async Task A_change_that_comes_while_the_pod_is_looked_at_is_not_lost(CancellationToken cancellationToken)
    {
        _queue.Set(Pod("web"));
        await TakeAsync(cancellationToken);
        _queue.Wake(ClusterChanges.PodLeft);
        _queue.Park("web", ClusterChanges.PodLeft);

        var again = _queue.TakeAsync(cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That((await again).Key.Name, Is.EqualTo("web"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_pod_that_nothing_wakes_is_tried_after_five_minutes(CancellationToken cancellationToken)
    {
        await ParkAsync("web", ClusterChanges.None, cancellationToken);
        var again = _queue.TakeAsync(cancellationToken);

        _time.Advance(TimeSpan.FromMinutes(4.9));
        Assert.That(again.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromMinutes(0.1));

        Assert.That((await again).Key.Name, Is.EqualTo("web"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_removed_pod_is_not_given_out(CancellationToken cancellationToken)
    {
        _queue.Set(Pod("gone"));
        _queue.Set(Pod("there"));
        _queue.Remove("gone");

        Assert.That(await TakeAsync(cancellationToken), Is.EqualTo("there"));
    }

    private async Task ParkAsync(string name, ClusterChanges wokenBy, CancellationToken cancellationToken)
    {
        _queue.Set(Pod(name));
        await TakeAsync(cancellationToken);
        _queue.Park(name, wokenBy);
    }

    private async Task<string> TakeAsync(CancellationToken cancellationToken)
        => (await _queue.TakeAsync(cancellationToken)).Key.Name;

    private static PodView Pod(string name, int priority = 0) => PodView.Of(Objects.Pod(name, pod =>
    {
        pod.Metadata.Uid = name;
        pod.Spec.Priority = priority;
    }));
}
