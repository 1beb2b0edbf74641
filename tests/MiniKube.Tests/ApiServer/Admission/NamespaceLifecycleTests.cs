using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Admission;

public sealed class NamespaceLifecycleTests
{
    private static readonly Gvr Pods = Gvr.Core("v1", "pods");
    private static readonly V1ObjectMeta Meta = new() { Name = "web", NamespaceProperty = "shop" };

    [Test]
    public void Nothing_is_created_in_a_namespace_that_is_missing()
        => Assert.That(() => NamespaceLifecycle.AdmitCreate(Pods, Meta, space: null),
            Throws.TypeOf<ApiException>().With.Message.EqualTo("namespaces \"shop\" not found"));

    [Test]
    public void Nothing_is_created_in_a_namespace_that_is_going()
    {
        var space = new V1Namespace { Metadata = new V1ObjectMeta(), Status = new V1NamespaceStatus { Phase = "Terminating" } };

        var failure = Assert.Throws<ApiException>(() => NamespaceLifecycle.AdmitCreate(Pods, Meta, space))!;

        Assert.That(failure.Message, Is.EqualTo("pods \"web\" is forbidden: unable to create new content in namespace shop because it is "
            + "being terminated"));
        Assert.That(failure.Code, Is.EqualTo(403));
        Assert.That(failure.ToStatus().Details.Causes.Single().Reason, Is.EqualTo("NamespaceTerminating"));
    }

    [Test]
    public void An_active_namespace_takes_new_objects()
    {
        var space = new V1Namespace { Metadata = new V1ObjectMeta(), Status = new V1NamespaceStatus { Phase = "Active" } };

        Assert.That(() => NamespaceLifecycle.AdmitCreate(Pods, Meta, space), Throws.Nothing);
    }

    [TestCase("default", true)]
    [TestCase("kube-system", true)]
    [TestCase("kube-node-lease", false)]
    [TestCase("shop", false)]
    public void Namespaces_the_cluster_needs_stay(string name, bool kept)
        => Assert.That(() => NamespaceLifecycle.AdmitDelete(name), kept ? Throws.TypeOf<ApiException>() : Throws.Nothing);
}
