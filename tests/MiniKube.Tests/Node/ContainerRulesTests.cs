using k8s.Models;
using MiniKube.Node;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ContainerRulesTests
{
    [TestCase("app", true), TestCase("app:latest", true), TestCase("host:5000/app", true), TestCase("host:5000/app:1", false)]
    [TestCase("app:1.2", false), TestCase("app@sha256:00", false)]
    public void An_image_without_a_tag_is_the_latest(string image, bool latest)
        => Assert.That(ImageTag.IsLatest(image), Is.EqualTo(latest));

    [TestCase(null, null, "BestEffort", 1000)]
    [TestCase(null, "1Gi", "Burstable", 500)]
    [TestCase("1Gi", "1Gi", "Burstable", 500, Description = "without cpu it is not guaranteed")]
    public void Quality_of_service_follows_from_memory(string? limit, string? request, string expected, int score)
    {
        var pod = WithResources(limit, request, cpu: null);

        Assert.That(QosClasses.Of(pod), Is.EqualTo(expected));
        Assert.That(QosClasses.OomScoreAdj(pod, pod.Spec.Containers[0], 2L << 30), Is.EqualTo(score));
    }

    [Test]
    public void Limits_of_everything_that_are_the_requests_make_a_pod_guaranteed()
    {
        var pod = WithResources("1Gi", "1024Mi", cpu: "1");

        Assert.That(QosClasses.Of(pod), Is.EqualTo("Guaranteed"));
        Assert.That(QosClasses.OomScoreAdj(pod, pod.Spec.Containers[0], 2L << 30), Is.EqualTo(-997));
    }

    [TestCase(null, "", "container has runAsNonRoot and image will run as root (pod: \"web_default(uid)\", container: main)")]
    [TestCase(null, "0:0", "container has runAsNonRoot and image will run as root (pod: \"web_default(uid)\", container: main)")]
    [TestCase(0L, "1000", "container's runAsUser breaks non-root policy (pod: \"web_default(uid)\", container: main)")]
    [TestCase(
        null, "nobody",
        "container has runAsNonRoot and image has non-numeric user (nobody), cannot verify user is non-root "
        + "(pod: \"web_default(uid)\", container: main)")]
    [TestCase(1000L, "", null), TestCase(null, "1000:1000", null)]
    public void A_container_that_must_not_be_root_is_held_to_it(long? user, string imageUser, string? problem)
    {
        var pod = PodViews.Pod(change: item => item.Spec.SecurityContext = new V1PodSecurityContext
        {
            RunAsNonRoot = true,
            RunAsUser = user,
        });
        var image = new ImageStatus { Id = "sha256:0", Names = [], Bytes = 0, User = imageUser };

        var error = problem is null
            ? null
            : Assert.Throws<LaunchException>(() => ContainerSecurities.RequireNonRoot(pod, pod.Spec.Containers[0], image));

        Assert.That(error?.Message, Is.EqualTo(problem));
        Assert.That(error?.Reason, Is.EqualTo(problem is null ? null : "CreateContainerConfigError"));
    }

    [Test]
    public void The_containers_security_goes_before_the_pods()
    {
        var pod = PodViews.Pod(change: item =>
        {
            item.Spec.SecurityContext = new V1PodSecurityContext
            {
                RunAsUser = 1, RunAsGroup = 2, FsGroup = 3, SupplementalGroups = [4],
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            };
            item.Spec.Containers[0].SecurityContext = new V1SecurityContext
            {
                RunAsUser = 10,
                AllowPrivilegeEscalation = false,
                Capabilities = new V1Capabilities { Add = ["CAP_NET_ADMIN"], Drop = ["ALL"] },
            };
        });

        var security = ContainerSecurities.Of(pod, pod.Spec.Containers[0]);

        Assert.That((security.RunAsUser, security.RunAsGroup), Is.EqualTo((10, 2)));
        Assert.That(security.SupplementalGroups, Is.EqualTo(new long[] { 4, 3 }));
        Assert.That((security.AllowPrivilegeEscalation, security.SeccompUnconfined), Is.EqualTo((false, false)));
        Assert.That((security.AddCapabilities, security.DropCapabilities), Is.EqualTo((new[] { "NET_ADMIN" }, new[] { "ALL" })));
    }

    private static V1Pod WithResources(string? limit, string? request, string? cpu) => PodViews.Pod(change: pod =>
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Limits = Amounts(limit, cpu),
            Requests = Amounts(request, null),
        });

    private static Dictionary<string, ResourceQuantity> Amounts(string? memory, string? cpu)
    {
        var amounts = new Dictionary<string, ResourceQuantity>();
        if (memory is not null)
        {
            amounts["memory"] = new ResourceQuantity(memory);
        }

        if (cpu is not null)
        {
            amounts["cpu"] = new ResourceQuantity(cpu);
        }

        return amounts;
    }
}
