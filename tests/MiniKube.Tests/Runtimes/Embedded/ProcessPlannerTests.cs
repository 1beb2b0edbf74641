using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class ProcessPlannerTests
{
    private static readonly ImageProcess Image = new()
    {
        Entrypoint = ["/entry"],
        Cmd = ["default"],
        Env = ["PATH=/image", "KEPT=1"],
        User = "app:staff",
        WorkingDir = "/srv",
    };

    [TestCase(null, null, "/entry default")]
    [TestCase(null, "x", "/entry x")]
    [TestCase("/own", null, "/own")]
    [TestCase("/own", "x", "/own x")]
    public void Command_and_arguments_replace_the_images_as_Kubernetes_says(string? command, string? args, string expected)
    {
        var plan = Plan(new() { Command = Words(command), Args = Words(args), Name = "a", Attempt = 0, Image = "i" });

        Assert.That(string.Join(' ', plan.Arguments), Is.EqualTo(expected));
    }

    [Test]
    public void Nothing_to_run_is_said_so()
    {
        var error = Assert.Throws<RuntimeException>(
            () => ProcessPlanner.Plan(Container(), new ImageProcess(), "host", devicesGuarded: true));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.CannotRun));
    }

    [Test]
    public void The_pods_variables_win_over_the_images_and_each_is_there_once()
    {
        var plan = Plan(Container() with
        {
            Environment = [KeyValuePair.Create("PATH", "/pod"), KeyValuePair.Create("NEW", "a=b"), KeyValuePair.Create("NEW", "c")],
        });

        Assert.That(plan.Environment, Is.EqualTo(new[] { "HOSTNAME=host", "PATH=/pod", "KEPT=1", "NEW=c" }));
    }

    [TestCase(null, null, "app:staff")]
    [TestCase(7, null, "7")]
    [TestCase(7, 8, "7:8")]
    [TestCase(null, 8, "app:8")]
    public void User_and_group_replace_the_images(int? user, int? group, string expected)
    {
        var plan = Plan(Container() with { Security = new ContainerSecurity { RunAsUser = user, RunAsGroup = group } });

        Assert.That(plan.User, Is.EqualTo(expected));
    }

    [Test]
    public void Escalation_is_forbidden_when_asked_but_not_for_the_privileged()
    {
        var forbidden = new ContainerSecurity { AllowPrivilegeEscalation = false };

        Assert.That(Plan(Container() with { Security = forbidden }).NoNewPrivileges, Is.True);
        Assert.That(Plan(Container() with { Security = forbidden with { Privileged = true } }).NoNewPrivileges, Is.False);
        Assert.That(Plan(Container()).NoNewPrivileges, Is.False);
    }

    private static ContainerSpec Container() => new() { Name = "a", Attempt = 0, Image = "i" };

    private static ProcessStart Plan(ContainerSpec container) => ProcessPlanner.Plan(container, Image, "host", devicesGuarded: true);

    private static string[]? Words(string? text) => text?.Split(' ');
}
