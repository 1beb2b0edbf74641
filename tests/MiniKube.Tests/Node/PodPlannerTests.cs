using k8s.Models;
using MiniKube.Node;
using MiniKube.Testing;
using static MiniKube.Testing.PodViews;

namespace MiniKube.Tests;

public sealed class PodPlannerTests
{
    [Test]
    public void A_new_pod_gets_its_sandbox_first()
    {
        var plan = PodPlanner.Plan(Of(Pod(), Absent("a")) with { Sandboxes = [] });

        Assert.That(plan.Actions, Is.EqualTo(new PodAction[] { new PodAction.Prepare(0) }));
    }

    [Test]
    public void A_dead_sandbox_is_followed_by_the_next_number()
    {
        var plan = PodPlanner.Plan(Of(Pod(), Absent("a")) with { Sandboxes = [Sandbox("uid-3", ready: false)] });

        Assert.That(plan.Actions, Is.EqualTo(new PodAction[] { new PodAction.Prepare(4) }));
    }

    [Test]
    public void A_failed_preparation_waits_for_its_time()
    {
        var due = Now.AddSeconds(5);
        var view = Of(Pod(), Absent("a")) with { Sandboxes = [], Problem = new ContainerProblem("x", "y", Now, due) };

        Assert.That(PodPlanner.Plan(view), Is.EqualTo(PodPlan.Nothing with { WakeAt = due }));
        Assert.That(PodPlanner.Plan(view with { Now = due }).Actions, Has.Length.EqualTo(1));
    }

    [Test]
    public void Main_containers_start_together()
        => Assert.That(Launched(Of(Pod(), Absent("a"), Absent("b"))), Is.EqualTo(new[] { "a", "b" }));

    [Test]
    public void Init_containers_hold_back_what_follows()
    {
        var first = Absent("first", ContainerRole.Init);
        var second = Absent("second", ContainerRole.Init);

        Assert.That(Launched(Of(Pod(), first, second, Absent("a"))), Is.EqualTo(new[] { "first" }));
        Assert.That(
            Launched(Of(Pod(), Exited("first", 0, role: ContainerRole.Init), second, Absent("a"))), Is.EqualTo(new[] { "second" }));
        Assert.That(
            Launched(Of(Pod(), Running("first", ContainerRole.Init), second, Absent("a"))), Is.Empty);
    }

    [Test]
    public void An_ephemeral_container_starts_whatever_the_others_do_and_never_twice()
    {
        var waiting = Of(Pod(), Running("first", ContainerRole.Init), Absent("a"), Absent("debug", ContainerRole.Ephemeral));
        var ended = Of(Pod(), Running("a"), Exited("debug", 1, role: ContainerRole.Ephemeral));

        Assert.That(Launched(waiting), Is.EqualTo(new[] { "debug" }));
        Assert.That(PodPlanner.Plan(ended with { Now = Now.AddHours(1) }).Actions, Is.Empty);
    }

    [Test]
    public void A_pod_is_over_with_its_main_containers_and_takes_ephemeral_ones_along()
    {
        var view = Of(Pod("Never"), Exited("a", 0), Running("debug", ContainerRole.Ephemeral));

        var plan = PodPlanner.Plan(view);

        Assert.That(view.IsOver, Is.True);
        Assert.That(plan.Actions.OfType<PodAction.Stop>().Select(stop => stop.Container.Name), Is.EqualTo(new[] { "debug" }));
    }

    [Test]
    public void A_sidecar_lets_the_next_one_start_once_it_is_up()
    {
        var sidecar = Running("proxy", ContainerRole.Sidecar);
        var started = sidecar.Remember(memory => memory with { Probes = new ProbeVerdict("proxy-id", true, false, null) });

        Assert.That(Launched(Of(Pod(), sidecar, Absent("a"))), Is.Empty);
        Assert.That(Launched(Of(Pod(), started, Absent("a"))), Is.EqualTo(new[] { "a" }));
    }

    [TestCase("Always", 0, true), TestCase("Always", 1, true)]
    [TestCase("OnFailure", 0, false), TestCase("OnFailure", 1, true)]
    [TestCase("Never", 0, false), TestCase("Never", 1, false)]
    public void The_restart_policy_decides_about_another_instance(string policy, int exitCode, bool restarts)
    {
        var plan = PodPlanner.Plan(Of(Pod(policy), Exited("a", exitCode), Running("b")));

        Assert.That(plan.Actions.OfType<PodAction.Launch>().Any(launch => launch.Attempt == 1), Is.EqualTo(restarts));
    }

    [TestCase(1, 0), TestCase(2, 10), TestCase(3, 20), TestCase(4, 40), TestCase(6, 160), TestCase(7, 300), TestCase(50, 300)]
    public void Ends_in_a_row_wait_longer_and_longer(int crashes, int seconds)
    {
        var plan = PodPlanner.Plan(Of(Pod(), Exited("a", 1, crashes)));

        Assert.That(plan.WakeAt, seconds == 0 ? Is.Null : Is.EqualTo(Now.AddSeconds(seconds)));
        Assert.That(plan.Actions, seconds == 0 ? Has.Length.EqualTo(1) : Is.Empty);
    }

    [Test]
    public void An_instance_that_ran_for_ten_minutes_makes_earlier_ends_forgotten()
    {
        var ended = Exited("a", 1).Current!;

        Assert.That(CrashBackoff.CountAfter(6, ended with { Started = Now.AddMinutes(-9) }), Is.EqualTo(7));
        Assert.That(CrashBackoff.CountAfter(6, ended with { Started = Now.AddMinutes(-10) }), Is.EqualTo(1));
    }

    [Test]
    public void What_is_under_way_is_not_begun_again()
    {
        var plan = PodPlanner.Plan(Of(Pod(), Absent("a").Busy(ContainerActivity.Launching), Absent("b").Busy(ContainerActivity.Stopping)));

        Assert.That(plan.Actions, Is.Empty);
    }

    [Test]
    public void An_unhealthy_container_is_stopped_within_the_probes_own_grace()
    {
        var verdict = new ProbeVerdict("a-id", true, false, "Container a failed liveness probe, will be restarted")
        {
            Grace = TimeSpan.FromSeconds(3),
        };

        var plan = PodPlanner.Plan(Of(Pod(), Running("a").Remember(memory => memory with { Probes = verdict })));

        var stop = (PodAction.Stop)plan.Actions.Single();
        Assert.That((stop.Grace.TotalSeconds, stop.Why), Is.EqualTo((3, verdict.Unhealthy)));
    }

    [TestCase(30, 0, 30), TestCase(30, 12, 19), TestCase(30, 60, 0), TestCase(0, 0, 0)]
    public void A_deleted_pod_has_what_is_left_of_its_grace(int granted, int secondsAgo, int left)
    {
        var plan = PodPlanner.Plan(Of(Deleted(granted, secondsAgo), Running("a")));

        Assert.That(((PodAction.Stop)plan.Actions.Single()).Grace.TotalSeconds, Is.EqualTo(left));
    }

    [Test]
    public void A_deleted_pod_gives_up_launches_and_hastens_stops()
    {
        var plan = PodPlanner.Plan(Of(
            Deleted(10, secondsAgo: 0), Absent("a").Busy(ContainerActivity.Launching), Running("b").Busy(ContainerActivity.Stopping)));

        Assert.That(plan.Actions, Is.EqualTo(new PodAction[]
        {
            new PodAction.AbandonLaunch("a"), new PodAction.Hasten("b", Now.AddSeconds(10)),
        }));
    }

    [Test]
    public void A_sidecar_is_stopped_after_the_others()
    {
        var sidecar = Running("proxy", ContainerRole.Sidecar);
        var deleted = Deleted(10, secondsAgo: 0);

        Assert.That(Stopped(Of(deleted, sidecar, Running("a"))), Is.EqualTo(new[] { "a" }));
        Assert.That(Stopped(Of(deleted, sidecar, Exited("a", 143))), Is.EqualTo(new[] { "proxy" }));
    }

    [Test]
    public void A_deleted_pod_is_cleaned_up_and_then_confirmed()
    {
        var quiet = Of(Deleted(10, secondsAgo: 0), Exited("a", 143));

        Assert.That(PodPlanner.Plan(quiet).Actions, Is.EqualTo(new PodAction[] { new PodAction.CleanUp(KeepLogs: false) }));
        Assert.That(PodPlanner.Plan(quiet with { IsCleaning = true }).Actions, Is.Empty);
        Assert.That(
            PodPlanner.Plan(quiet with { IsClean = true }).Actions, Is.EqualTo(new PodAction[] { new PodAction.ConfirmDeletion() }));
        Assert.That(PodPlanner.Plan(quiet with { IsClean = true, IsGone = true }).IsEnd, Is.True);
    }

    [Test]
    public void Nothing_is_cleaned_up_before_the_last_words_are_read()
    {
        var unheard = Exited("a", 1).Remember(memory => memory with { LastWords = memory.LastWords.Clear() });

        Assert.That(PodPlanner.Plan(Of(Pod("Never"), unheard)).Actions, Is.Empty);
    }

    [Test]
    public void A_finished_pod_is_cleaned_up_but_keeps_its_logs_and_stays()
    {
        var finished = Of(Pod("Never"), Exited("a", 0));

        Assert.That(PodPlanner.Plan(finished).Actions, Is.EqualTo(new PodAction[] { new PodAction.CleanUp(KeepLogs: true) }));
        Assert.That(PodPlanner.Plan(finished with { IsClean = true }).Actions, Is.Empty);
    }

    [Test]
    public void A_pod_past_its_deadline_is_stopped()
    {
        var pod = Pod(change: item =>
        {
            item.Spec.ActiveDeadlineSeconds = 60;
            item.Status.StartTime = Now.UtcDateTime.AddSeconds(-59);
        });
        var view = Of(pod, Running("a"));

        Assert.That(PodPlanner.Plan(view).WakeAt, Is.EqualTo(Now.AddSeconds(1)));
        Assert.That(Stopped(view with { Now = Now.AddSeconds(1) }), Is.EqualTo(new[] { "a" }));
    }

    private static V1Pod Deleted(int granted, int secondsAgo) => Pod(change: pod =>
    {
        pod.Metadata.DeletionGracePeriodSeconds = granted;
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime.AddSeconds(granted - secondsAgo);
    });

    private static string[] Launched(PodView view)
        => [.. PodPlanner.Plan(view).Actions.OfType<PodAction.Launch>().Select(launch => launch.Container.Name)];

    private static string[] Stopped(PodView view)
        => [.. PodPlanner.Plan(view).Actions.OfType<PodAction.Stop>().Select(stop => stop.Container.Name)];
}
