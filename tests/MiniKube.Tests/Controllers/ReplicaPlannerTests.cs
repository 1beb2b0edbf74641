using k8s.Models;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class ReplicaPlannerTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, int> NoPeers = [];

    [TestCase(3, 0, 3)]
    [TestCase(3, 3, 0)]
    [TestCase(9_000, 0, 5_000)]
    public void Missing_pods_are_created_up_to_one_burst(int desired, int present, int created)
    {
        var plan = ReplicaPlanner.Plan(desired, [.. Enumerable.Range(0, present).Select(number => Pod($"p{number}"))], NoPeers, Now);

        Assert.That(plan.Create, Is.EqualTo(created));
        Assert.That(plan.Delete, Is.Empty);
    }

    [Test]
    public void Surplus_pods_go_in_the_order_of_least_loss()
    {
        V1Pod[] pods =
        [
            Pod("old"),
            Pod("young", pod => pod.Metadata.CreationTimestamp = Now.AddSeconds(-5).UtcDateTime),
            Pod("restarted", pod => pod.Status.ContainerStatuses = [new V1ContainerStatus { Name = "main", RestartCount = 3 }]),
            Pod("dear", Cost("10")),
            Pod("cheap", Cost("-10")),
            Pod("not-ready", pod => pod.Status.Conditions[0].Status = "False"),
            Pod("pending", pod => pod.Status.Phase = "Pending"),
            Pod("unassigned", pod => pod.Spec.NodeName = null),
            Pod("crowded", pod => pod.Spec.NodeName = "crowded"),
        ];

        var order = ReplicaPlanner.ByLeastLoss(pods, new Dictionary<string, int> { ["crowded"] = 5 }, Now);

        Assert.That(order.Select(pod => pod.Metadata.Name), Is.EqualTo(new[]
        {
            "unassigned", "pending", "not-ready", "cheap", "crowded", "restarted", "young", "old", "dear",
        }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_refusal_at_once_is_asked_for_once(CancellationToken cancellationToken)
    {
        var asked = 0;

        var failure = await SlowStart.RunAsync(500, async () =>
        {
            await Task.Yield();
            return Interlocked.Increment(ref asked) > 0 ? "refused" : null;
        });

        Assert.That(failure, Is.EqualTo("refused"));
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task Successes_let_more_run_at_once_up_to_a_limit(CancellationToken cancellationToken)
    {
        const int limit = 256;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = 0;
        var most = 0;
        var done = 0;

        var failure = await SlowStart.RunAsync(2_000, async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (done >= 1_000)
            {
                if (running == limit)
                {
                    full.TrySetResult();
                }

                await full.Task.WaitAsync(cancellationToken);
            }

            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
            return (string?)null;
        });

        Assert.That(failure, Is.Null);
        Assert.That(done, Is.EqualTo(2_000));
        Assert.That(most, Is.EqualTo(limit));
    }

    private static Action<V1Pod> Cost(string cost) => pod => pod.Metadata.Annotations =
        new Dictionary<string, string> { ["controller.kubernetes.io/pod-deletion-cost"] = cost };

    private static V1Pod Pod(string name, Action<V1Pod>? change = null) => Objects.Pod(name, pod =>
    {
        pod.Metadata.Uid = name;
        pod.Metadata.CreationTimestamp = Now.AddHours(-1).UtcDateTime;
        pod.Spec.NodeName = "node";
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Now.AddHours(-1).UtcDateTime }],
        };
        change?.Invoke(pod);
    });
}
