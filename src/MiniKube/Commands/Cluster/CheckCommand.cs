using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube check</c>: what this machine has and lacks, and what each lack costs.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var port = new Option<int>("--https-port")
        {
            Description = "the port to look at (6443)",
            HelpName = "PORT",
            DefaultValueFactory = static _ => 6443,
        };
        var endpoint = new Option<string?>("--docker-endpoint") { Description = "where to look for an engine", HelpName = "URL" };
        var command = new Command("check", "Shows what this machine has and lacks, and what each lack costs.") { port, endpoint };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var engine = parsed.GetValue(endpoint) ?? terminal.Variable("DOCKER_HOST");
            var findings = await new MachineCheck(terminal, parsed.GetValue(port), engine).RunAsync(cancellationToken);
            var table = new TableWriter(terminal.Output);
            foreach (var finding in findings)
            {
                table.Add([finding.Has ? "ok" : "--", finding.Name, finding.Finding]);
            }

            await table.FlushAsync();
            foreach (var lack in findings.Where(static finding => !finding.Has))
            {
                await terminal.Output.WriteLineAsync($"Without {lack.Name}: {lack.Cost}");
            }

            await terminal.Output.WriteLineAsync(Verdict(findings));
        });
        return command;
    }

    private static string Verdict(IReadOnlyList<MachineFinding> findings)
    {
        var lacks = findings.Where(static finding => !finding.Has).Select(static finding => finding.Name).ToHashSet();
        if (!lacks.Contains("docker engine"))
        {
            return "Pods run with the docker runtime.";
        }

        return lacks.Overlaps(["kernel", "root", "overlayfs", "namespaces"])
            ? "Only the control plane runs here: pods need root and Linux, or a Docker engine."
            : "Pods run with the embedded runtime.";
    }
}
