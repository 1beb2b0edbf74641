using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class RequestTargetTests
{
    [TestCase("/api/v1/pods", "", "v1", "", "pods", "", "")]
    [TestCase("/api/v1/pods/", "", "v1", "", "pods", "", "")]
    [TestCase("/api/v1/nodes/n1", "", "v1", "", "nodes", "n1", "")]
    [TestCase("/api/v1/nodes/n1/status", "", "v1", "", "nodes", "n1", "status")]
    [TestCase("/api/v1/namespaces", "", "v1", "", "namespaces", "", "")]
    [TestCase("/api/v1/namespaces/a", "", "v1", "", "namespaces", "a", "")]
    [TestCase("/api/v1/namespaces/a/status", "", "v1", "", "namespaces", "a", "status")]
    [TestCase("/api/v1/namespaces/a/finalize", "", "v1", "", "namespaces", "a", "finalize")]
    [TestCase("/api/v1/namespaces/a/pods", "", "v1", "a", "pods", "", "")]
    [TestCase("/api/v1/namespaces/a/pods/web", "", "v1", "a", "pods", "web", "")]
    [TestCase("/api/v1/namespaces/a/pods/web/log", "", "v1", "a", "pods", "web", "log")]
    [TestCase("/apis/apps/v1/deployments", "apps", "v1", "", "deployments", "", "")]
    [TestCase("/apis/apps/v1/namespaces/a/deployments/web/scale", "apps", "v1", "a", "deployments", "web", "scale")]
    [TestCase("/apis/x.io/v1/namespaces/a/status/b", "x.io", "v1", "a", "status", "b", "")]
    public void A_path_names_its_resource(
        string path, string group, string version, string space, string resource, string name, string subresource)
    {
        var parsed = RequestTarget.TryParse(path, out var target);

        Assert.That(parsed, Is.True);
        Assert.That(
            (target.Group, target.Version, target.Namespace, target.Resource, target.Name, target.Subresource),
            Is.EqualTo((group, version, space, resource, name, subresource)));
    }

    [TestCase("/")]
    [TestCase("")]
    [TestCase("/api")]
    [TestCase("/api/v1")]
    [TestCase("/apis")]
    [TestCase("/apis/apps")]
    [TestCase("/apis/apps/v1")]
    [TestCase("/version")]
    [TestCase("/api//pods/x")]
    [TestCase("/api/v1/namespaces//pods")]
    [TestCase("/api/v1/pods/a/b/c")]
    [TestCase("/api/v1/namespaces/a/pods/b/c/d")]
    [TestCase("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t")]
    public void Another_path_names_none(string path)
        => Assert.That(RequestTarget.TryParse(path, out _), Is.False);

    [Test]
    public void The_old_watch_form_is_a_watch()
    {
        var parsed = RequestTarget.TryParse("/api/v1/watch/namespaces/a/pods/web", out var target);

        Assert.That(parsed, Is.True);
        Assert.That((target.IsWatch, target.Namespace, target.Resource, target.Name), Is.EqualTo((true, "a", "pods", "web")));
    }
}
