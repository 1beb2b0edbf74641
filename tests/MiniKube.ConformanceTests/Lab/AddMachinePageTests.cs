using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// <c>docs/add-a-machine.md</c> as its reader follows it: every command of the page, in its order, on the machine its heading names. Only
/// what the reader must fill in is filled in: the token the server printed and the node's name.
/// </summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class AddMachinePageTests
{
    private const string TokenOfThePage = "K10a1b2...::node:5f0c...";
    private const string Name = "newcomer";

    private string _token = TokenOfThePage;

    [Test, CancelAfter(300_000)]
    public async Task The_page_leads_to_a_second_node_and_back_to_one(CancellationToken cancellationToken)
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        await using var segment = await LabSegment.CreateAsync(cancellationToken);
        await using var server = await LabTerminal.OpenAsync(await segment.AddAsync("server", cancellationToken), cancellationToken);
        await using var newcomer = await LabTerminal.OpenAsync(await segment.AddAsync(Name, cancellationToken), cancellationToken);
        var commands = CommandPage.Read("docs/add-a-machine.md");
        var joined = commands.TakeWhile(static command => !command.Line.StartsWith("kubectl drain", StringComparison.Ordinal)).ToList();

        foreach (var command in joined)
        {
            await FollowAsync(command, server, newcomer, cancellationToken);
        }

        await Eventually.GetsAsync(
            "the new node is Ready",
            () => server.TypeAsync("kubectl get nodes -o wide", cancellationToken),
            static nodes => nodes.Split('\n').Any(static line => line.StartsWith($"{Name} ", StringComparison.Ordinal)
                && line.Contains(" Ready ", StringComparison.Ordinal)),
            cancellationToken);
        await RunPodOnNewcomerAsync(server, cancellationToken);
        foreach (var command in commands.Skip(joined.Count))
        {
            await FollowAsync(command, server, newcomer, cancellationToken);
        }

        var left = await server.TypeAsync("kubectl get nodes -o name", cancellationToken);
        var files = await newcomer.TypeAsync("ls -A /var/lib", cancellationToken);
        var links = await newcomer.TypeAsync("ip -o link", cancellationToken);
        Assert.That(left.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(["node/server"]));
        Assert.That(files, Is.Empty);
        Assert.That(links.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2), "lo and eth0");
        Assert.That(joined.Count, Is.GreaterThan(4), "commands in fenced blocks");
    }

    private async Task FollowAsync(PageCommand command, LabTerminal server, LabTerminal newcomer, CancellationToken cancellationToken)
    {
        var machine = command.Heading.Contains("new machine", StringComparison.Ordinal) ? newcomer : server;
        var line = command.Line.Replace(TokenOfThePage, _token, StringComparison.Ordinal).Replace("NAME", Name, StringComparison.Ordinal);
        if (line is "minikube server")
        {
            await machine.Start(line).PrintsAsync("MiniKube is ready", cancellationToken);
            return;
        }

        if (line.StartsWith("minikube agent ", StringComparison.Ordinal))
        {
            machine.Start(line);
            return;
        }

        var printed = await machine.TypeAsync(line, cancellationToken);
        _token = printed.StartsWith("K10", StringComparison.Ordinal) ? printed.Trim() : _token;
    }

    private static async Task RunPodOnNewcomerAsync(LabTerminal server, CancellationToken cancellationToken)
    {
        await server.TypeAsync($"kubectl apply -f - << END\n{LabManifests.GuestPreferring(Name)}\nEND", cancellationToken);
        await server.TypeAsync("kubectl rollout status deployment/guest --timeout=60s", cancellationToken);
        var node = await server.TypeAsync("kubectl get pods -o jsonpath={.items[0].spec.nodeName}", cancellationToken);
        Assert.That(node, Is.EqualTo(Name));
        await Eventually.GetsAsync(
            "its log comes from there",
            () => server.TypeAsync("kubectl logs deployment/guest", cancellationToken),
            static log => log.StartsWith("line 1\n", StringComparison.Ordinal),
            cancellationToken);
    }
}
