using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [TestCase("nginx", "docker.io/library/nginx:latest", "nginx:latest")]
    [TestCase("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27")]
    [TestCase("minikube/testbox", "docker.io/minikube/testbox:latest", "minikube/testbox:latest")]
    [TestCase("localhost/a", "localhost/a:latest", "localhost/a:latest")]
    [TestCase("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [TestCase("ghcr.io/x/y_z--w:T.1-a", "ghcr.io/x/y_z--w:T.1-a", "ghcr.io/x/y_z--w:T.1-a")]
    [TestCase("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest")]
    [TestCase($"nginx@{Digest}", $"docker.io/library/nginx@{Digest}", $"nginx@{Digest}")]
    [TestCase($"nginx:1@{Digest}", $"docker.io/library/nginx:1@{Digest}", $"nginx:1@{Digest}")]
    public void A_name_is_completed_and_shortened(string name, string full, string familiar)
    {
        var reference = ImageReference.Parse(name);

        Assert.That(reference.ToString(), Is.EqualTo(full));
        Assert.That(reference.FamiliarName, Is.EqualTo(familiar));
    }

    [TestCase("")]
    [TestCase("Nginx")]
    [TestCase("nginx:")]
    [TestCase("nginx:-a")]
    [TestCase("a//b")]
    [TestCase("/a")]
    [TestCase("a b")]
    [TestCase("../a")]
    [TestCase("a@sha256:12")]
    [TestCase("a@md5:0123456789abcdef0123456789abcdef")]
    [TestCase("a:b:c")]
    public void A_malformed_name_is_refused(string name)
    {
        var error = Assert.Throws<RuntimeException>(() => ImageReference.Parse(name));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.InvalidImageName));
    }
}
