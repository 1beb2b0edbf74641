using FsCheck;
using FsCheck.Fluent;
using k8s.Models;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

/// <summary>Rollouts of every shape, with pods that become ready whenever they like.</summary>
public sealed class RolloutPropertyTests
{
    [Test]
    public void A_rolling_update_stays_within_its_bounds_and_ends()
        => Prop.ForAll(
            Gen.Choose(1, 25).ToArbitrary(),
            Gen.Choose(0, 120).ToArbitrary(),
            Gen.Choose(0, 100).ToArbitrary(),
            (desired, surge, unavailable) => Roll(new Model(desired, $"{surge}%", $"{unavailable}%", seed: desired + surge + unavailable)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [TestCase("25%", 10, true, ExpectedResult = 3)]
    [TestCase("25%", 10, false, ExpectedResult = 2)]
    [TestCase("0%", 10, true, ExpectedResult = 0)]
    [TestCase("1%", 3, true, ExpectedResult = 1)]
    [TestCase("100%", 7, false, ExpectedResult = 7)]
    [TestCase("3", 10, true, ExpectedResult = 3)]
    public int Percentages_of_surge_are_rounded_up_and_of_unavailable_down(string value, int of, bool roundUp)
        => Amounts.Resolve(value, of, roundUp);

    [Test]
    public void Without_any_room_one_pod_may_be_unavailable()
    {
        var deployment = Workloads.Deployment("web", 4, deployment => deployment.Spec.Strategy.RollingUpdate =
            new V1RollingUpdateDeployment { MaxSurge = "0", MaxUnavailable = "0" });

        Assert.That(RolloutBounds.Of(deployment), Is.EqualTo(new RolloutBounds(4, Surge: 0, Unavailable: 1)));
    }

    [TestCase(10, 20)]
    [TestCase(20, 10)]
    [TestCase(10, 0)]
    [TestCase(7, 13)]
    public void Scaling_in_mid_rollout_spreads_the_change_and_hits_the_total(int before, int after)
    {
        var model = new Model(before, "25%", "25%", seed: 7);
        var sets = new DeploymentSets(model.Set("new", before / 2), [model.Set("old", before - (before / 2) + 1)]);
        model.Deployment.Spec.Replicas = after;

        var plan = ProportionalPlanner.Plan(model.Deployment, sets);

        var allowed = after == 0 ? 0 : RolloutBounds.Of(model.Deployment).PodsMax;
        Assert.That(plan.Sum(scaling => scaling.Replicas), Is.EqualTo(allowed));
        Assert.That(plan, Has.Length.EqualTo(2));
        Assert.That(
            plan.Select(scaling => scaling.Replicas),
            after > before ? Is.All.GreaterThanOrEqualTo(before / 2) : Is.All.AtMost(before));
    }

    private static void Roll(Model model)
    {
        var bounds = RolloutBounds.Of(model.Deployment);
        for (var step = 0; !model.IsDone; step++)
        {
            Assert.That(step, Is.LessThan(2_000), "the rollout ends");
            model.Step();
            Assert.That(model.Wanted, Is.LessThanOrEqualTo(bounds.PodsMax), "what the sets are told to have");
            Assert.That(model.Ready, Is.GreaterThanOrEqualTo(bounds.AvailableMin));
        }
    }

    /// <summary>
    /// Two templates' pods, a replica set controller that works at its own pace, and pods that take their time.
    /// </summary>
    private sealed class Model
    {
        private readonly Random _random;
        private readonly Counts _old;
        private readonly Counts _new = new();

        public Model(int desired, string surge, string unavailable, int seed)
        {
            _random = new Random(seed);
            _old = new Counts { Wanted = desired, Pods = desired, Ready = desired };
            Deployment = Workloads.Deployment("web", desired, deployment => deployment.Spec.Strategy.RollingUpdate =
                new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable });
        }

        public V1Deployment Deployment { get; }

        public int Wanted => _old.Wanted + _new.Wanted;

        public int Ready => _old.Ready + _new.Ready;

        public bool IsDone => _old.Pods == 0 && _new.Ready == Deployment.Spec.Replicas;

        public void Step()
        {
            switch (_random.Next(4))
            {
                case 0:
                    Plan();
                    break;
                case 1:
                    _old.Settle();
                    break;
                case 2:
                    _new.Settle();
                    break;
                default:
                    _new.Ready = Math.Min(_new.Pods, _new.Ready + _random.Next(3));
                    break;
            }
        }

        public V1ReplicaSet Set(string name, int wanted, int available = 0) => Workloads.ReplicaSet(name, wanted, set =>
        {
            set.Status = new V1ReplicaSetStatus { Replicas = wanted, AvailableReplicas = available };
            set.Metadata.Annotations = DeploymentAnnotations.WithBounds(set, RolloutBounds.Of(Deployment));
        });

        private void Plan()
        {
            var sets = new DeploymentSets(Set("new", _new.Wanted, _new.Ready), [Set("old", _old.Wanted, _old.Ready)]);
            if (RolloutPlanner.ScaleNew(Deployment, sets) is { } growth)
            {
                _new.Wanted = growth.Replicas;
                return;
            }

            foreach (var scaling in RolloutPlanner.ScaleOld(Deployment, sets))
            {
                _old.Wanted = scaling.Replicas;
            }
        }

        private sealed class Counts
        {
            public int Wanted { get; set; }

            public int Pods { get; set; }

            public int Ready { get; set; }

            // Pods that are not ready go first.
            public void Settle()
            {
                Pods = Wanted;
                Ready = Math.Min(Ready, Pods);
            }
        }
    }
}
