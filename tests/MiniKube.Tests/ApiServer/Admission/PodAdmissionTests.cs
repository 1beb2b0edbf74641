using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Admission;

public sealed class PodAdmissionTests
{
    [Test]
    public void A_new_pod_gets_patience_and_a_priority()
    {
        var pod = Pod(new V1PodSpec());

        PodAdmission.Admit(pod, new LostNodePatience(), Classes);

        Assert.That((pod.Spec.Priority, pod.Spec.PreemptionPolicy), Is.EqualTo((0, "PreemptLowerPriority")));
        Assert.That(pod.Spec.Tolerations.Select(one => (one.Key, one.OperatorProperty, one.Effect, one.TolerationSeconds)),
            Is.EqualTo(new[]
            {
                ("node.kubernetes.io/not-ready", "Exists", "NoExecute", (long?)300),
                ("node.kubernetes.io/unreachable", "Exists", "NoExecute", (long?)300),
            }));
    }

    [Test]
    public void What_the_pod_says_itself_is_left_alone()
    {
        var pod = Pod(new V1PodSpec
        {
            PriorityClassName = "system-node-critical",
            Tolerations = [new V1Toleration { OperatorProperty = "Exists" }],
        });

        PodAdmission.Admit(pod, new LostNodePatience(), Classes);

        Assert.That(pod.Spec.Priority, Is.EqualTo(2_000_001_000));
        Assert.That(pod.Spec.Tolerations, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_priority_cannot_be_made_up()
    {
        Assert.That(() => PodAdmission.Admit(Pod(new V1PodSpec { Priority = 5 }), new LostNodePatience(), Classes),
            Throws.TypeOf<ApiException>().With.Message.Contains("computed 0 from the given PriorityClass name"));
        Assert.That(() => PodAdmission.Admit(Pod(new V1PodSpec { PriorityClassName = "high" }), new LostNodePatience(), Classes),
            Throws.TypeOf<ApiException>().With.Message.EqualTo("pods \"web\" is forbidden: no PriorityClass with name high was found"));
    }

    [Test]
    public void A_class_gives_its_number_and_its_policy()
    {
        var pod = Pod(new V1PodSpec { PriorityClassName = "batch" });
        var plain = Pod(new V1PodSpec());

        PodAdmission.Admit(pod, new LostNodePatience(), Stored(("batch", -10, false, "Never"), ("usual", 7, true, "PreemptLowerPriority")));
        PodAdmission.Admit(plain, new LostNodePatience(), Stored(("usual", 7, true, "PreemptLowerPriority"), ("more", 9, true, "Never")));

        Assert.That((pod.Spec.Priority, pod.Spec.PreemptionPolicy), Is.EqualTo((-10, "Never")));
        Assert.That((plain.Spec.PriorityClassName, plain.Spec.Priority), Is.EqualTo(("usual", 7)));
    }

    private static PriorityClasses Classes => Stored();

    private static PriorityClasses Stored(params (string Name, int Value, bool Default, string Policy)[] classes)
        => new(() => classes.Select(one => new V1PriorityClass
        {
            Metadata = new V1ObjectMeta { Name = one.Name },
            Value = one.Value,
            GlobalDefault = one.Default,
            PreemptionPolicy = one.Policy,
        }));

    private static V1Pod Pod(V1PodSpec spec) => new() { Metadata = new V1ObjectMeta { Name = "web" }, Spec = spec };
}
