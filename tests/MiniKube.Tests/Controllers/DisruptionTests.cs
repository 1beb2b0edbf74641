using k8s.Models;
using MiniKube.Api;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class DisruptionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);

    [Test, CancelAfter(20_000)]
    public async Task A_budget_counts_what_its_set_wants_and_what_is_ready(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 4), cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Budget("web", "web", spec => spec.MaxUnavailable = "25%"), cancellationToken);
        await cluster.UntilAsync("four pods", () => cluster.All<V1Pod>().Count == 4, cancellationToken);
        await cluster.RunPodsAsync(cancellationToken);

        await cluster.UntilAsync("one may go", () => StatusOf(cluster) is { DisruptionsAllowed: 1, ExpectedPods: 4 }, cancellationToken);
        Assert.That(StatusOf(cluster)!.Conditions[0].Reason, Is.EqualTo("SufficientPods"));
        await cluster.ChangeAsync<V1ReplicaSet>(new ObjectKey("default", "web"), set => set.Spec.Replicas = 8, cancellationToken);
        await cluster.UntilAsync(
            "none may go while half is missing",
            () => StatusOf(cluster) is { DisruptionsAllowed: 0, DesiredHealthy: 6, CurrentHealthy: 4 },
            cancellationToken);
        Assert.That(StatusOf(cluster)!.Conditions[0].Reason, Is.EqualTo("InsufficientPods"));
    }

    [TestCase("2", null, 3, ExpectedResult = "desired 2 of 3, 1 may go")]
    [TestCase("50%", null, 3, ExpectedResult = "desired 2 of 3, 1 may go")]
    [TestCase("100%", null, 3, ExpectedResult = "desired 3 of 3, 0 may go")]
    [TestCase(null, "1", 3, ExpectedResult = "desired 2 of 3, 1 may go")]
    [TestCase(null, "50%", 3, ExpectedResult = "desired 1 of 3, 2 may go")]
    [TestCase(null, "100%", 3, ExpectedResult = "desired 0 of 3, 3 may go")]
    [TestCase(null, "1", 0, ExpectedResult = "desired 0 of 0, 0 may go")]
    [TestCase(null, null, 3, ExpectedResult = "desired 0 of 0, 0 may go")]
    public string Amounts_are_of_what_is_wanted(string? least, string? most, int pods)
    {
        var budget = Workloads.Budget("b", "a", spec =>
        {
            if (least is not null)
            {
                spec.MinAvailable = least;
            }

            if (most is not null)
            {
                spec.MaxUnavailable = most;
            }
        });

        var status = DisruptionPlanner.Plan(budget, [.. Enumerable.Range(0, pods).Select(Pod)], new WantedScale(pods), Now).Status;

        return $"desired {status.DesiredHealthy} of {status.ExpectedPods}, {status.DisruptionsAllowed} may go";
    }

    [TestCase(1, ExpectedResult = "2 healthy, noted: p0")]
    [TestCase(121, ExpectedResult = "3 healthy, noted: ; stuck: p0")]
    public string A_pod_whose_eviction_was_allowed_counts_as_gone_for_two_minutes(int secondsAgo)
    {
        var budget = Workloads.Budget("b", "a", spec => spec.MinAvailable = 1);
        budget.Status = new V1PodDisruptionBudgetStatus
        {
            DisruptedPods = new Dictionary<string, DateTime?>
            {
                ["p0"] = Now.AddSeconds(-secondsAgo).UtcDateTime,
                ["gone"] = Now.UtcDateTime,
            },
        };

        var plan = DisruptionPlanner.Plan(budget, [Pod(0), Pod(1), Pod(2)], new WantedScale(3), Now);

        var stuck = plan.NotDeleted.IsEmpty ? "" : $"; stuck: {string.Join(",", plan.NotDeleted.Select(pod => pod.Metadata.Name))}";
        return $"{plan.Status.CurrentHealthy} healthy, noted: {string.Join(",", plan.Status.DisruptedPods?.Keys ?? [])}{stuck}";
    }

    [Test]
    public void An_owner_that_cannot_be_scaled_makes_a_share_unknown_and_nothing_may_go()
    {
        var budget = Workloads.Budget("b", "a", spec => spec.MaxUnavailable = 1);

        var plan = DisruptionPlanner.Plan(budget, [Pod(0)], new WantedScale(null, "no scale"), Now);

        Assert.That((plan.Problem, plan.Status.DisruptionsAllowed), Is.EqualTo(("no scale", (int?)0)));
    }

    private static V1Pod Pod(int number) => Objects.Pod($"p{number}", pod =>
        pod.Status.Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }]);

    private static V1PodDisruptionBudgetStatus? StatusOf(ControllerCluster cluster)
        => cluster.Find<V1PodDisruptionBudget>("web")?.Status;
}
