using System.Globalization;
using MiniKube.Api;

namespace MiniKube;

/// <summary>An instance's status for people: what is well in few words, what is not with what to do.</summary>
internal sealed class StatusPrinter(TextWriter output, DateTimeOffset now)
{
    public async Task PrintAsync(InstanceStatus status)
    {
        var facts = new TableWriter(output);
        facts.Add([status.Role, status.Address, $"minikube {status.Version}", $"up {Age(status.Started)}", status.DataDirectory]);
        if (status.Store is { } store)
        {
            facts.Add(["store", $"revision {store.Revision}", $"{store.Objects} objects", $"{Size(store.DiskBytes)} on disk"]);
        }

        foreach (var server in status.Servers)
        {
            facts.Add(["known server", server.Address, server.Answers ? "answers" : "DOES NOT ANSWER"]);
        }

        await facts.FlushAsync();
        await PrintSnapshotsAsync(status.Snapshots);
        await PrintNodesAsync(status.Nodes);
        await PrintPodsAsync(status);
        await PrintCertificatesAsync(status.Certificates);
        await PrintComponentsAsync(status);
    }

    private async Task PrintSnapshotsAsync(SnapshotStatus? snapshots)
    {
        if (snapshots is null)
        {
            return;
        }

        var last = snapshots.LastTaken is { } taken ? $"last {Age(taken)} ago ({snapshots.Last})" : "none yet";
        var next = snapshots.Next is { } due ? $"next in {HumanDuration.Format(due - now)}" : $"schedule {snapshots.Schedule}";
        await output.WriteLineAsync($"snapshots   {last}, {next}");
        if (snapshots.Failure is { } failure)
        {
            await output.WriteLineAsync($"WARNING     the last scheduled snapshot into {snapshots.Directory} failed: {failure}");
        }
    }

    private async Task PrintNodesAsync(IReadOnlyList<NodeStatus> nodes)
    {
        await output.WriteLineAsync();
        var table = new TableWriter(output);
        table.Add(["NODE", "STATUS", "AGE", "VERSION", "INTERNAL-IP", "RUNTIME", "REACHED", "WHY"]);
        foreach (var node in nodes)
        {
            table.Add(
            [
                node.Name, node.State, node.Created is { } created ? Age(created) : "?", node.Version ?? "?",
                node.InternalIp ?? "?", node.Runtime ?? "?", node.Connection ?? "?", node.Reason ?? "",
            ]);
        }

        await table.FlushAsync();
    }

    private async Task PrintPodsAsync(InstanceStatus status)
    {
        if (status.Role != "agent")
        {
            return;
        }

        await output.WriteLineAsync();
        var table = new TableWriter(output);
        table.Add(["NAMESPACE", "POD", "IP", "CONTAINERS"]);
        foreach (var pod in status.Pods)
        {
            table.Add([pod.Namespace, pod.Name, pod.Ip ?? "", pod.Containers.ToString(CultureInfo.InvariantCulture)]);
        }

        await table.FlushAsync();
    }

    private async Task PrintCertificatesAsync(IReadOnlyList<CertificateEnd> certificates)
    {
        await output.WriteLineAsync();
        var table = new TableWriter(output);
        table.Add(["CERTIFICATE", "SUBJECT", "ENDS", "WARNING"]);
        foreach (var one in certificates)
        {
            var ends = one.Ends?.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "?";
            table.Add([one.File, one.Subject, ends, one.Warning(now) ?? ""]);
        }

        await table.FlushAsync();
    }

    private async Task PrintComponentsAsync(InstanceStatus status)
    {
        await output.WriteLineAsync();
        var bad = status.Components.Where(static one => one.Problem is not null).ToArray();
        await output.WriteLineAsync(
            $"components  {status.Components.Count - bad.Length} of {status.Components.Count} ok: "
            + string.Join(", ", status.Components.Where(static one => one.Problem is null).Select(static one => one.Name)));
        foreach (var one in bad)
        {
            await output.WriteLineAsync($"FAIL        {one.Name}: {one.Problem}");
        }

        await output.WriteLineAsync(status.Ready ? $"The {status.Role} is ready." : $"The {status.Role} is not ready.");
    }

    private string Age(DateTimeOffset since) => HumanDuration.Format(now - since);

    private static string Size(long bytes) => bytes < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0}kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}MB");
}
