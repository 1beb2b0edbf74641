using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube;

/// <summary>
/// Keeps a joined machine's certificates good while it runs: new ones at two thirds of their life and when its address changes,
/// a new join when the old one ran out, the authorities as the servers name them. Whatever fails is tried again.
/// </summary>
internal sealed partial class AgentCertificates : ClusterComponent
{
    // How long a change of the clock, or of the authorities on a server that went on running, may go unnoticed.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromMinutes(5);

    private readonly Membership _membership;
    private readonly HttpApiClient _client;
    private readonly CertificateRenewal _renewal;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ILogger<AgentCertificates> _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private string? _told;

    public AgentCertificates(Membership membership, HttpApiClient client, HostServices services)
    {
        _membership = membership;
        _client = client;
        _renewal = new CertificateRenewal(client, membership.State.NodeName, services.Time);
        _time = services.Time;
        _backoff = new Backoff(RetryFirst, RetryLongest, services.NewRandom());
        _logger = services.Loggers.CreateLogger<AgentCertificates>();
    }

    public override string Name => "agent-certificates";

    protected override async Task RunAsync(CancellationToken stopping)
    {
        _client.Refused += Wake;
        _client.Restored += Wake;
        _membership.Address.Changed += Wake;
        SignalReady();
        try
        {
            for (var failures = 0; ;)
            {
                failures = await TryAsync(stopping) ? 0 : failures + 1;
                await WaitAsync(failures > 0 ? _backoff.DelayAfter(failures) : UntilNext(), stopping);
            }
        }
        finally
        {
            _client.Refused -= Wake;
            _client.Restored -= Wake;
            _membership.Address.Changed -= Wake;
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task<bool> TryAsync(CancellationToken stopping)
    {
        try
        {
            await RefreshAsync(stopping);
            _told = null;
            return true;
        }
        catch (ServerUnreachableException)
        {
            await _client.WhenReachableAsync(stopping); // Told by the transport.
            return false;
        }
        catch (Exception failure) when (failure is ApiException or CommandException)
        {
            // The same trouble is told once, however often it is met.
            if (_told != failure.Message)
            {
                _told = failure.Message;
                Log.NotRenewed(_logger, _membership.State.NodeName, failure.Message);
            }

            return false;
        }
    }

    private async Task RefreshAsync(CancellationToken stopping)
    {
        if (_membership.IsOver)
        {
            await _membership.JoinAsync(stopping);
        }

        await FollowAuthoritiesAsync(stopping);
        if (CertificateLife.IsDue(_membership.Identity.Certificate!, _time.GetUtcNow()))
        {
            using var key = NodeCsr.NewKey();
            _membership.TakeClient(await _renewal.ClientAsync(key, stopping), key);
            Log.Renewed(_logger, "client", _membership.Identity.Certificate!.NotAfter.ToUniversalTime());
        }

        var address = _membership.Address.Current;
        if (_membership.Serving.Certificate is not { } serving
            || CertificateLife.IsDue(serving, _time.GetUtcNow())
            || !CertificateLife.IsFor(serving, address))
        {
            using var key = NodeCsr.NewKey();
            _membership.TakeServing(await _renewal.ServingAsync(key, [address], stopping), key);
            Log.Renewed(_logger, "serving", _membership.Serving.Certificate!.NotAfter.ToUniversalTime());
        }
    }

    /// <summary>Asks a server that is trusted now whom to trust from now on.</summary>
    private async Task FollowAuthoritiesAsync(CancellationToken stopping)
    {
        var named = new X509Certificate2Collection();
        named.ImportFromPem(await _client.ReadTextAsync("/cacerts", stopping));
        if (named.Count > 0 && _membership.TakeAuthorities(named))
        {
            Log.AuthoritiesChanged(_logger, named.Count);
        }
    }

    private TimeSpan UntilNext()
    {
        var client = CertificateLife.DueAt(_membership.Identity.Certificate!);
        var serving = CertificateLife.DueAt(_membership.Serving.Certificate!);
        var left = (client < serving ? client : serving) - _time.GetUtcNow();
        return left < Longest ? left : Longest;
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        if (longest <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The time has come.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6120, LogLevel.Information, "New {Kind} certificate, good until {End:u}")]
        public static partial void Renewed(ILogger logger, string kind, DateTime end);

        [LoggerMessage(6121, LogLevel.Information, "The servers name other authorities than before; trusting those {Count} now")]
        public static partial void AuthoritiesChanged(ILogger logger, int count);

        [LoggerMessage(6122, LogLevel.Error, "Certificates of node {Node} cannot be renewed, trying again: {Problem}")]
        public static partial void NotRenewed(ILogger logger, string node, string problem);
    }
}
