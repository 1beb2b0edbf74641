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
    // Timers do not count the time a machine sleeps, nor see its clock being set: what is due then is found this much later.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    // How long other authorities of a server that goes on running may go unnoticed. One small question on a connection that is open.
    private static readonly TimeSpan Ask = TimeSpan.FromMinutes(1);

    // How long a person who asked for new certificates waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    // With a clock far ahead of the servers' everything is due at once, however often it is made.
    private static readonly TimeSpan OrderAgain = TimeSpan.FromHours(1);

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

    private TaskCompletionSource? _asked; // Somebody waits for new certificates.
    private string? _told;
    private long? _ordered; // When certificates were made that were due at once; null while clocks agree.
    private volatile bool _isFailing;

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

    /// <summary>Follows the authorities and has both certificates made anew now, due or not; returns when that is done.</summary>
    /// <exception cref="CommandException">It could not be done now; what is there stays in use.</exception>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Interlocked.CompareExchange(ref _asked, mine, null) ?? mine;
        Wake();
        try
        {
            await asked.Task.WaitAsync(Patience, _time, cancellationToken);
        }
        catch (TimeoutException slow)
        {
            throw new CommandException(
                $"no server made new certificates within {Patience.TotalSeconds} s; see 'minikube status' on this machine", cause: slow);
        }
        catch (ApiException refused)
        {
            throw new CommandException($"no new certificates: {refused.Message}", cause: refused);
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        _client.Refused += WakeUnlessFailing;
        _client.Restored += Wake;
        _membership.Address.Changed += Wake;
        SignalReady();
        try
        {
            for (var failures = 0; ;)
            {
                failures = await TryAsync(stopping) ? 0 : failures + 1;
                _isFailing = failures > 0;
                await (_isFailing ? WaitAsync(_backoff.DelayAfter(failures), stopping) : WhileGoodAsync(stopping));
            }
        }
        finally
        {
            _client.Refused -= WakeUnlessFailing;
            _client.Restored -= Wake;
            _membership.Address.Changed -= Wake;
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    // Every request that is refused says so, and trying again at each would be trying without a pause.
    private void WakeUnlessFailing()
    {
        if (!_isFailing)
        {
            Wake();
        }
    }

    private async Task<bool> TryAsync(CancellationToken stopping)
    {
        var asked = Interlocked.Exchange(ref _asked, null);
        try
        {
            await RefreshAsync(all: asked is not null, stopping);
            asked?.SetResult();
            return true;
        }
        catch (Exception failure) when (failure is ApiException or CommandException)
        {
            asked?.SetException(failure);
            await FailedAsync(failure, stopping);
            return false;
        }
    }

    private async Task FailedAsync(Exception failure, CancellationToken stopping)
    {
        switch (failure)
        {
            case ServerUnreachableException:
                await _client.WhenReachableAsync(stopping); // Told by the transport.
                break;
            case ClockException:
                break; // Told by the transport, which cannot use that server either.
            default:
                Tell(failure.Message);
                break;
        }
    }

    private async Task RefreshAsync(bool all, CancellationToken stopping)
    {
        if (_membership.IsOver)
        {
            await _membership.JoinAsync(stopping);
        }

        await FollowAuthoritiesAsync(stopping);
        if (all || IsClientDue)
        {
            using var key = NodeCsr.NewKey();
            _membership.TakeClient(await _renewal.ClientAsync(key, stopping), key);
            Log.Renewed(_logger, "client", _membership.Identity.Certificate!.NotAfter.ToUniversalTime());
        }

        if (all || IsServingDue)
        {
            using var key = NodeCsr.NewKey();
            _membership.TakeServing(await _renewal.ServingAsync(key, [_membership.Address.Current], stopping), key);
            Log.Renewed(_logger, "serving", _membership.Serving.Certificate!.NotAfter.ToUniversalTime());
        }

        FollowClock();
    }

    private bool IsClientDue => _membership.IsOver || IsDue(_membership.Identity.Certificate!);

    private bool IsServingDue
        => _membership.Serving.Certificate is not { } serving
            || IsDue(serving)
            || !CertificateLife.IsFor(serving, _membership.Address.Current);

    private bool IsDue(X509Certificate2 certificate)
        => CertificateLife.IsDue(certificate, _time.GetUtcNow())
            && (_ordered is not { } ordered || _time.GetElapsedTime(ordered) > OrderAgain);

    /// <summary>What is due again as soon as it was made is not ordered again at once.</summary>
    private void FollowClock()
    {
        var problem = CertificateLife.ClockProblem(_membership.Identity.Certificate!, _time.GetUtcNow());
        if (problem is null)
        {
            _ordered = null;
        }
        else if (_ordered is not { } ordered || _time.GetElapsedTime(ordered) > OrderAgain)
        {
            _ordered = _time.GetTimestamp();
        }

        Tell(problem);
    }

    /// <summary>The same trouble is told once, however often it is met.</summary>
    private void Tell(string? problem)
    {
        if (problem is not null && problem != _told)
        {
            Log.NotRenewed(_logger, _membership.State.NodeName, problem);
        }

        _told = problem;
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

    /// <summary>Returns when something is due or happened, or when it is time to ask for the authorities again.</summary>
    private async Task WhileGoodAsync(CancellationToken stopping)
    {
        var started = _time.GetTimestamp();
        while (!IsClientDue && !IsServingDue && _time.GetElapsedTime(started) < Ask)
        {
            if (await WaitAsync(Look, stopping))
            {
                return;
            }
        }
    }

    /// <summary>True when something happened before the time was over.</summary>
    private async Task<bool> WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            return await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
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
