using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MiniKube;

/// <summary>One run of <c>up</c>: from nothing to URLs that answer, and back to nothing when it is told to end.</summary>
internal sealed class UpRun(ServerSettings settings, Terminal terminal)
{
    public async Task RunAsync(IReadOnlyList<Manifest> manifests, CancellationToken cancellationToken)
    {
        using var log = new ConsoleLog(
            terminal.Error, settings.LogLevel ?? LogLevel.Error, settings.LogJson, terminal.Time);
        var started = terminal.Time.GetTimestamp();
        await using var host = await ClusterHost.StartAsync(settings, log, terminal.Time, cancellationToken);
        try
        {
            var seconds = terminal.Time.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            await terminal.Output.WriteLineAsync($"MiniKube {VersionCommand.Current}: {host.Address}, ready in {seconds} s");
            await BringUpAsync(host, manifests, cancellationToken);
            await host.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end, which is how every run of it ends.
        }
        finally
        {
            await terminal.Output.WriteLineAsync("Stopping: pods end, their network goes, the data stays.");
            await host.TearDownAsync(CancellationToken.None);
        }
    }

    private async Task BringUpAsync(ClusterHost host, IReadOnlyList<Manifest> manifests, CancellationToken cancellationToken)
    {
        using var api = new ApiConnection(KubeconfigReader.Read(host.Kubeconfig, context: null));
        var kinds = await ResourceKinds.DiscoverAsync(api, cancellationToken);
        var applier = new Applier(api, kinds);
        var resolved = applier.Resolve(manifests);
        IProgressView view = terminal.IsLive ? new LiveProgress() : new PlainProgress(terminal.Output);
        var applied = new List<AppliedObject>();
        await view.ShowAsync(async () =>
        {
            var run = new ReadinessRun(api, kinds, view);
            await run.WaitForNodeAsync(host, cancellationToken);
            foreach (var (manifest, kind) in resolved)
            {
                applied.Add(await ApplyAsync(applier, manifest, kind, cancellationToken));
            }

            await run.RunAsync(applied, cancellationToken);
        });
        await SayWhereAsync(host, applied);
    }

    private static async Task<AppliedObject> ApplyAsync(
        Applier applier, Manifest manifest, ResourceKind kind, CancellationToken cancellationToken)
    {
        try
        {
            return await applier.ApplyAsync(manifest, kind, cancellationToken);
        }
        catch (RefusedException refused)
        {
            throw new CommandException(manifest.At(refused.Message), cause: refused);
        }
    }

    private async Task SayWhereAsync(ClusterHost host, IReadOnlyList<AppliedObject> applied)
    {
        var services = applied.Where(static one => one.Kind.Kind == "Service");
        foreach (var service in services)
        {
            foreach (var url in ServiceUrls.Of(service.Item))
            {
                await terminal.Output.WriteLineAsync($"{service.Name}: {url}");
            }
        }

        await terminal.Output.WriteLineAsync($"export KUBECONFIG={host.Kubeconfig}");
        await terminal.Output.WriteLineAsync("Press Ctrl-C to stop.");
    }
}
