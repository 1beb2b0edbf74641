using System.Text;
using k8s.Models;
using MiniKube.Node;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class VolumeTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("minikube-volumes-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_directory_changes_whole_behind_one_link()
    {
        var volume = new AtomicDirectory(_directory, TimeProvider.System);
        volume.Write([FileOf("a", "1"), FileOf("dir/b", "2")]);
        var first = new FileInfo(Path.Combine(_directory, "..data")).LinkTarget;

        volume.Write([FileOf("a", "one"), FileOf("c", "3")]);

        Assert.That(File.ReadAllText(Path.Combine(_directory, "a")), Is.EqualTo("one"));
        Assert.That(File.ReadAllText(Path.Combine(_directory, "c")), Is.EqualTo("3"));
        Assert.That(Path.Exists(Path.Combine(_directory, "dir")), Is.False);
        Assert.That(new FileInfo(Path.Combine(_directory, "a")).LinkTarget, Is.EqualTo("..data/a"));
        Assert.That(Path.Exists(Path.Combine(_directory, first!)), Is.False, "the old files are gone");
    }

    [Test]
    public void A_directory_that_holds_the_files_already_is_left_alone()
    {
        var volume = new AtomicDirectory(_directory, TimeProvider.System);
        volume.Write([FileOf("a", "1")]);
        var before = new FileInfo(Path.Combine(_directory, "..data")).LinkTarget;

        volume.Write([FileOf("a", "1")]);

        Assert.That(new FileInfo(Path.Combine(_directory, "..data")).LinkTarget, Is.EqualTo(before));
    }

    [Test]
    public void A_sub_path_is_made_inside_the_volume()
        => Assert.That(MountOf("a/b").HostPath, Is.EqualTo(Path.Combine(_directory, "a/b")).And.Matches<string>(Directory.Exists));

    [Test]
    public void A_sub_path_may_use_the_containers_variables()
        => Assert.That(
            MountOf(null, expression: "logs/$(NAME)").HostPath, Is.EqualTo(Path.Combine(_directory, "logs/web")));

    [TestCase("../x"), TestCase("/etc"), TestCase("a/../../x")]
    public void A_sub_path_stays_below_the_volume(string path)
        => Assert.Throws<ContainerConfigException>(() => MountOf(path));

    [TestCase("link"), TestCase("link/passwd"), TestCase("inner/link/passwd")]
    public void A_link_in_the_volume_does_not_lead_out_of_it(string path)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "inner"));
        File.CreateSymbolicLink(Path.Combine(_directory, "link"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_directory, "inner", "link"), "../../../../../../etc");

        Assert.Throws<ContainerConfigException>(() => MountOf(path));
    }

    [Test]
    public void A_link_within_the_volume_is_followed()
    {
        var volume = new AtomicDirectory(_directory, TimeProvider.System);
        volume.Write([FileOf("a", "1")]);

        Assert.That(File.ReadAllText(MountOf("a").HostPath), Is.EqualTo("1"));
    }

    [TestCase("Directory"), TestCase("File"), TestCase("Socket")]
    public void A_host_path_is_what_its_type_says(string type)
    {
        var source = new V1HostPathVolumeSource { Path = Path.Combine(_directory, "absent"), Type = type };

        Assert.Throws<ContainerConfigException>(() => HostPathVolume.Prepare(source));
    }

    [Test]
    public void A_host_path_is_made_when_its_type_says_so()
    {
        var source = new V1HostPathVolumeSource { Path = Path.Combine(_directory, "new"), Type = "DirectoryOrCreate" };

        HostPathVolume.Prepare(source);

        Assert.That(Directory.Exists(source.Path), Is.True);
    }

    private static VolumeFile FileOf(string path, string text) => new(path, Encoding.UTF8.GetBytes(text), 0x1A4);

    private MiniKube.Runtimes.ContainerMount MountOf(string? path, string? expression = null)
    {
        var container = new V1Container
        {
            Name = "main",
            VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v", SubPath = path, SubPathExpr = expression }],
        };
        return ContainerMounts.Of(
            container,
            new Dictionary<string, string> { ["v"] = _directory },
            new Dictionary<string, string> { ["NAME"] = "web" }).Single();
    }
}
