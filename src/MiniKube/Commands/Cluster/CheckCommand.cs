using System.CommandLine;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary><c>minikube check</c>: what this machine has and lacks, and what each lack costs. Exit code 0 when a cluster can run.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var flags = new CheckFlags();
        var command = new Command("check", "Shows what this machine has and lacks, and what each lack costs.");
        flags.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = await new MachineCheck(flags.Read(parsed, terminal), terminal).RunAsync(cancellationToken);
            return await PrintAsync(findings, terminal.Output);
        });
        return command;
    }

    /// <summary>Prints them, and returns the exit code.</summary>
    public static async Task<int> PrintAsync(IReadOnlyList<MachineFinding> findings, TextWriter output)
    {
        var table = new TableWriter(output);
        foreach (var finding in findings)
        {
            table.Add([MarkOf(finding.State), finding.Name, finding.Found]);
        }

        await table.FlushAsync();
        foreach (var lack in findings.Where(static one => one.State == FindingState.Lack))
        {
            await output.WriteLineAsync($"Without {lack.Name}: {lack.Cost}.");
        }

        var blocking = findings.Where(static one => one.State == FindingState.Blocking).ToArray();
        foreach (var one in blocking)
        {
            await output.WriteLineAsync($"BLOCKING {one.Name} ({one.Found}): {one.Cost}.");
        }

        await output.WriteLineAsync(blocking.Length == 0 ? "A cluster can run here." : "No cluster can run here as it is.");
        return blocking.Length == 0 ? 0 : CommandException.Failed;
    }

    private static string MarkOf(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Lack => "--",
        _ => "!!",
    };

    private sealed class CheckFlags
    {
        private readonly DataDirectoryOption _data = new();
        private readonly TextSetting _port = new("https-port", "PORT", "the port of the API to look at (6443)");
        private readonly TextSetting _nodePorts = new("node-port-range", "A-B", "ports of NodePort Services (30000-32767)");
        private readonly TextSetting _pods = new("cluster-cidr", "CIDR", "addresses of pods to look at");
        private readonly TextSetting _services = new("service-cidr", "CIDR", "addresses of Services to look at");
        private readonly TextSetting _docker = new("docker-endpoint", "URL", "where a Docker engine answers (DOCKER_HOST)");
        private readonly TextSetting _server = new("server", "URL", "the server to join: is it reached, and do the clocks agree?");

        public void AddTo(Command command)
        {
            foreach (var setting in new[] { _data.Setting, _port, _nodePorts, _pods, _services, _docker, _server })
            {
                command.Add(setting.Option);
            }
        }

        public MachineQuestions Read(ParseResult parsed, Terminal terminal)
        {
            var sources = new SettingSources(parsed, terminal.Variable, ConfigFile.Empty);
            return new MachineQuestions
            {
                DataDirectory = _data.Read(sources),
                HttpsPort = _port.Read(sources, SettingText.Port, 6443),
                NodePorts = _nodePorts.Read(sources, SettingText.Ports, new PortRange(30_000, 32_767)),
                ClusterCidr = _pods.Read<System.Net.IPNetwork?>(sources, static text => SettingText.Network(text), null),
                ServiceCidr = _services.Read<System.Net.IPNetwork?>(sources, static text => SettingText.Network(text), null),
                DockerEndpoint = _docker.Find(sources)?.Value ?? terminal.Variable("DOCKER_HOST"),
                Server = _server.Read<Uri?>(sources, ServerUrl, null),
            };
        }

        private static Uri ServerUrl(string text)
            => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
                ? url
                : throw new FormatException($"'{text}' is not a URL like https://HOST:6443");
    }
}
