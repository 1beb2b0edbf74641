using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Scheduler;
using MiniKube.Testing;

namespace MiniKube.Tests.Scheduler;

public sealed class SchedulerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly InMemoryApiClient _client;
    private readonly SchedulerComponent _scheduler;

    public SchedulerTests()
    {
        _client = new InMemoryApiClient(_time);
        _scheduler = new SchedulerComponent(
            _client, new SchedulerOptions(), _time, new Random(7), NullLoggerFactory.Instance);
    }

    [TearDown]
    public async Task StopAsync()
    {
        Assert.That(_scheduler.Completion.IsFaulted, Is.False, $"{_scheduler.Completion.Exception}");
        await _scheduler.DisposeAsync();
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_gets_a_node_and_an_event(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.Node("node-a"), cancellationToken);
        await _scheduler.StartAsync(cancellationToken);

        await _client.CreateAsync(Objects.Pod("web"), cancellationToken);
        await UntilAsync("bound", () => Pod("web").Spec.NodeName == "node-a", cancellationToken);

        await UntilAsync(
            "the event",
            () => Events().Contains("Normal Scheduled Successfully assigned default/web to node-a"),
            cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_that_fits_nowhere_says_why_and_is_placed_once_a_node_comes(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.Node("small", cpu: "100m"), cancellationToken);
        await _scheduler.StartAsync(cancellationToken);
        await _client.CreateAsync(Objects.Pod("web", Cpu("1")), cancellationToken);

        await UntilAsync("the condition", () => Condition("web")?.Reason == "Unschedulable", cancellationToken);
        var message = Condition("web")!.Message;
        await _client.CreateAsync(Objects.Node("large"), cancellationToken);
        await UntilAsync("bound", () => Pod("web").Spec.NodeName == "large", cancellationToken);

        Assert.That(message, Does.StartWith("0/1 nodes are available: 1 Insufficient cpu."));
        Assert.That(Events(), Has.Member($"Warning FailedScheduling {message}"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_that_leaves_makes_room_for_one_that_waits(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.Node("n", cpu: "1"), cancellationToken);
        await _scheduler.StartAsync(cancellationToken);
        var first = await _client.CreateAsync(Objects.Pod("first", Cpu("1")), cancellationToken);
        await UntilAsync("bound", () => Pod("first").Spec.NodeName == "n", cancellationToken);
        await _client.CreateAsync(Objects.Pod("second", Cpu("1")), cancellationToken);
        await UntilAsync("the condition", () => Condition("second")?.Reason == "Unschedulable", cancellationToken);

        await _client.DeleteAsync<V1Pod>(first.Key(), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

        await UntilAsync("bound", () => Pod("second").Spec.NodeName == "n", cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task Pods_never_take_more_than_there_is(CancellationToken cancellationToken)
    {
        for (var number = 0; number < 5; number++)
        {
            await _client.CreateAsync(Objects.Node($"n{number}", cpu: "2"), cancellationToken);
        }

        await _scheduler.StartAsync(cancellationToken);
        for (var number = 0; number < 30; number++)
        {
            await _client.CreateAsync(Objects.Pod($"p{number}", Cpu("500m")), cancellationToken);
        }

        await UntilAsync("twenty are bound", () => Pods().Count(pod => pod.Spec.NodeName is not null) == 20, cancellationToken);
        await UntilAsync(
            "ten are not", () => Pods().Count(pod => Condition(pod.Metadata.Name)?.Status == "False") == 10, cancellationToken);
        Assert.That(
            Pods().Where(pod => pod.Spec.NodeName is not null).CountBy(pod => pod.Spec.NodeName).Select(entry => entry.Value),
            Is.All.EqualTo(4));
    }

    [Test, CancelAfter(20_000)]
    public async Task Pods_of_another_scheduler_and_gated_pods_are_left_alone(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.Node("n"), cancellationToken);
        await _scheduler.StartAsync(cancellationToken);
        await _client.CreateAsync(Objects.Pod("other", pod => pod.Spec.SchedulerName = "mine"), cancellationToken);
        var gated = await _client.CreateAsync(
            Objects.Pod("gated", pod => pod.Spec.SchedulingGates = [new V1PodSchedulingGate { Name = "wait" }]), cancellationToken);
        await _client.CreateAsync(Objects.Pod("ours"), cancellationToken);
        await UntilAsync("ours is bound", () => Pod("ours").Spec.NodeName == "n", cancellationToken);
        Assert.That(Pods().Count(pod => pod.Spec.NodeName is not null), Is.EqualTo(1));

        var open = ObjectJson.Copy(gated);
        open.Spec.SchedulingGates = null;
        await _client.UpdateAsync(open, null, cancellationToken);

        await UntilAsync("the gate is open", () => Pod("gated").Spec.NodeName == "n", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Two_thousand_pods_are_spread_evenly_over_two_hundred_nodes(CancellationToken cancellationToken)
    {
        for (var number = 0; number < 200; number++)
        {
            await _client.CreateAsync(Objects.Node($"n{number}"), cancellationToken);
        }

        await _scheduler.StartAsync(cancellationToken);
        for (var number = 0; number < 2_000; number++)
        {
            await _client.CreateAsync(Objects.Pod($"p{number}", Owned), cancellationToken);
        }

        await UntilAsync("all are bound", () => Pods().All(pod => pod.Spec.NodeName is not null), cancellationToken);
        Assert.That(Pods().CountBy(pod => pod.Spec.NodeName).Select(entry => entry.Value), Is.All.InRange(8, 12));
    }

    private static void Owned(V1Pod pod) => pod.Metadata.OwnerReferences =
        [new V1OwnerReference { Uid = "o", Name = "o", Kind = "ReplicaSet", ApiVersion = "apps/v1", Controller = true }];

    private static Action<V1Pod> Cpu(string cpu) => pod => pod.Spec.Containers[0].Resources =
        new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu) } };

    private Task UntilAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => _time.AdvanceUntilAsync(what, Tick, condition, cancellationToken);

    private V1Pod Pod(string name) => _client.FindAsync<V1Pod>(new ObjectKey("default", name), CancellationToken.None).Result!;

    private IReadOnlyList<V1Pod> Pods() => _client.ListAsync<V1Pod>(ObjectQuery.All, CancellationToken.None).Result.Items;

    private V1PodCondition? Condition(string pod) => Pod(pod).Status?.Conditions?.FirstOrDefault(one => one.Type == "PodScheduled");

    private List<string> Events()
        => [.. _client.ListAsync<Corev1Event>(ObjectQuery.All, CancellationToken.None).Result.Items
            .Select(item => $"{item.Type} {item.Reason} {item.Message}")];
}
