using System.CommandLine;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary><c>minikube certificate</c>: the certificates of this machine's data directory.</summary>
internal static class CertificateCommand
{
    public const string RotateRequest = "rotate-certificates";
    public const string RotateAuthorityRequest = "rotate-authority";

    public static Command Create(Terminal terminal) => new("certificate", "Shows and renews the certificates of this machine.")
    {
        Check(terminal),
        Rotate(terminal),
    };

    private static Command Check(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var command = new Command("check", "Lists every certificate with its end; fails when one has expired.") { data.Setting.Option };
        command.SetAction(async (parsed, _) =>
        {
            var found = CertificateFiles.Find(ExistingRoot(data.Read(parsed, terminal)), terminal.Time.GetUtcNow());
            var table = new TableWriter(terminal.Output);
            table.Add(["FILE", "CERTIFICATE", "ENDS", "DAYS", "STATE"]);
            foreach (var one in found)
            {
                table.Add(one.Row());
            }

            await table.FlushAsync();
            var expired = found.Count(static one => one.State == CertificateState.Expired);
            return expired == 0
                ? 0
                : throw new CommandException(
                    $"{expired} of {found.Count} certificates expired; a running server or agent renews them by itself, "
                    + "'minikube certificate rotate' does it now");
        });
        return command;
    }

    private static Command Rotate(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var authority = new Option<bool>("--ca") { Description = "make a new authority too; the old one stays trusted for a year" };
        var command = new Command("rotate", "Renews this machine's certificates now: server and administrator, or node.")
        {
            data.Setting.Option,
            authority,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = ExistingRoot(data.Read(parsed, terminal));
            var withAuthority = parsed.GetValue(authority);
            var done = AgentState.Find(root) is { } agent
                ? await RotateAgentAsync(root, agent.NodeName, withAuthority, cancellationToken)
                : await RotateServerAsync(root, withAuthority, terminal.Time, cancellationToken);
            await terminal.Output.WriteLineAsync(done);
        });
        return command;
    }

    private static async Task<string> RotateServerAsync(
        string root, bool withAuthority, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = withAuthority ? RotateAuthorityRequest : RotateRequest;
        if (await ControlClient.AskAsync(root, request, content: null, cancellationToken) is null)
        {
            RotateFiles(root, withAuthority, time);
        }

        return withAuthority
            ? "Renewed: authority, server and administrator. Old certificates stay good until their end, the old authority for a year."
            : "Renewed: server and administrator. Old certificates stay good until their end.";
    }

    private static async Task<string> RotateAgentAsync(
        string root, string node, bool withAuthority, CancellationToken cancellationToken)
    {
        if (withAuthority)
        {
            throw new CommandException(
                $"{root} belongs to the joined machine {node}, and the authority is the servers': run 'minikube certificate rotate --ca' "
                + "on a server, and machines follow within a minute");
        }

        return await ControlClient.AskAsync(root, RotateRequest, content: null, cancellationToken) is not null
            ? $"Renewed: both certificates of node {node}. Old ones stay good until their end."
            : throw new CommandException(
                $"the agent of {root} does not run, and only servers make its certificates: start it; what is due or has ended is "
                + "renewed then by itself");
    }

    private static string ExistingRoot(string root)
        => Directory.Exists(Path.Combine(root, "pki"))
            ? root
            : throw new CommandException($"there are no certificates in {root}; name the directory of a cluster with --data-dir");

    private static void RotateFiles(string root, bool authority, TimeProvider time)
    {
        using var data = DataDirectory.Open(root);
        data.RefuseIfAgent();
        try
        {
            var admin = PkiRotation.Rotate(data.Pki, authority, time);
            var kubeconfig = DataDirectory.KubeconfigIn(root);
            if (File.Exists(kubeconfig))
            {
                var server = KubeconfigReader.Read(kubeconfig, context: null).Server.GetLeftPart(UriPartial.Authority);
                KubeconfigFile.Write(kubeconfig, KubeconfigFile.Format(server, admin));
            }
        }
        catch (PkiException damaged)
        {
            throw new CommandException(damaged.Message, cause: damaged);
        }
    }
}
