using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class ContainerChoiceTests
{
    [Test]
    public void The_only_container_needs_no_name()
        => Assert.That(ContainerChoice.Of(Pod("a"), ""), Is.EqualTo("a"));

    [Test]
    public void The_annotation_names_the_default()
    {
        var pod = Pod("a", "b");
        pod.Metadata.Annotations = new Dictionary<string, string> { ["kubectl.kubernetes.io/default-container"] = "b" };

        Assert.That(ContainerChoice.Of(pod, ""), Is.EqualTo("b"));
    }

    [Test]
    public void Several_containers_must_be_chosen_from()
        => Assert.That(
            () => ContainerChoice.Of(Pod("a", "b"), ""),
            Throws.TypeOf<ApiException>().With.Message.EqualTo("a container name must be specified for pod web, choose one of: [a b]"));

    [Test]
    public void Init_containers_are_offered_too()
    {
        var pod = Pod("a", "b");
        pod.Spec.InitContainers = [new V1Container { Name = "i" }];

        Assert.That(
            () => ContainerChoice.Of(pod, ""),
            Throws.TypeOf<ApiException>().With.Message.EqualTo(
                "a container name must be specified for pod web, choose one of: [a b] or one of the init containers: [i]"));
        Assert.That(ContainerChoice.Of(pod, "i"), Is.EqualTo("i"));
    }

    [Test]
    public void A_container_the_pod_has_not_is_refused()
        => Assert.That(
            () => ContainerChoice.Of(Pod("a"), "z"),
            Throws.TypeOf<ApiException>().With.Message.EqualTo("container z is not valid for pod web"));

    private static V1Pod Pod(params string[] containers) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web" },
        Spec = new V1PodSpec { Containers = [.. containers.Select(name => new V1Container { Name = name })] },
    };
}
