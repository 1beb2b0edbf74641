using System.Net.NetworkInformation;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace MiniKube.ApiServer;

/// <summary>
/// Keeps the certificates good while the server runs: waits until the first is due, and follows the names and addresses of the host.
/// </summary>
internal sealed partial class PkiRenewal(
    ClusterPki pki,
    Func<IReadOnlyList<string>> hostNames,
    Func<CancellationToken, Task> hostChanged,
    TimeProvider time,
    ILogger<PkiRenewal> logger)
{
    // Timers do not count the time a machine sleeps, nor see its clock being set: what is due then is found this much later at the
    // latest, or at the next handshake.
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    // What failed (a full disk) is tried again after this.
    private static readonly TimeSpan WaitMin = TimeSpan.FromMinutes(1);

    // A pod's start changes addresses several times; after the first look the next one waits until they have settled.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        var news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        NetworkAddressChangedEventHandler tell = (_, _) => news.Writer.TryWrite(true);
        NetworkChange.NetworkAddressChanged += tell;
        try
        {
            while (true)
            {
                var changed = await ChangedAsync(news.Reader, stopping);
                await RenewAsync(stopping); // At once: clients that were told the new address may be there already.
                if (changed)
                {
                    await Task.Delay(Settling, time, stopping);
                }
            }
        }
        finally
        {
            NetworkChange.NetworkAddressChanged -= tell;
        }
    }

    /// <summary>How long to wait before looking again.</summary>
    internal static TimeSpan WaitFor(DateTimeOffset due, DateTimeOffset now)
    {
        var left = due - now;
        return left > WaitMax ? WaitMax : left < WaitMin ? WaitMin : left;
    }

    /// <summary>Waits for something to do: true when the host's addresses changed, false when it is time.</summary>
    private async Task<bool> ChangedAsync(ChannelReader<bool> news, CancellationToken stopping)
    {
        using var due = new CancellationTokenSource(WaitFor(pki.Material.Due, time.GetUtcNow()), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stopping);
        try
        {
            return await news.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (due.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        try
        {
            var names = hostNames();
            if (!names.SequenceEqual(pki.ServerNames))
            {
                Log.HostChanged(logger, string.Join(", ", names.Except(pki.ServerNames)));
                pki.Follow(names);
                await hostChanged(stopping);
            }

            pki.RenewIfDue();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PkiException)
        {
            Log.NotRenewed(logger, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2100, LogLevel.Information, "The host has other addresses; the server's certificate follows. New: {Names}")]
        public static partial void HostChanged(ILogger logger, string names);

        [LoggerMessage(2101, LogLevel.Warning, "Certificates could not be renewed, trying again in a minute: {Problem}")]
        public static partial void NotRenewed(ILogger logger, string problem);
    }
}
