using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// The cluster's DNS, on every node: answers names of Services, of pods and of their addresses from what the API says now, and
/// passes everything else on to the servers this machine uses. Ready when the names known at the start are, and the port is open
/// or was found taken; a taken port is tried again.
/// </summary>
public sealed partial class DnsServer : ClusterComponent
{
    // Questions of a busy node, and memory for the worst of it: 40 MB.
    private const int AnswersMax = 10_000;

    // A port that is taken may become free, and nobody tells.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private readonly DnsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IUpstreamServers _upstream;
    private readonly ServiceRoute _route;
    private readonly NameWatch _names;
    private readonly NameDirectory _directory = new();
    private readonly TaskCompletionSource<IPEndPoint> _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens nothing yet.</summary>
    public DnsServer(DnsOptions options, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
        : this(
            options,
            new ResolverFile(options?.ResolverFile ?? throw new ArgumentNullException(nameof(options)), options.Address, time),
            client, time, random, loggers)
    {
    }

    internal DnsServer(
        DnsOptions options, IUpstreamServers upstream, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _options = options;
        _upstream = upstream;
        _time = time;
        _logger = loggers.CreateLogger<DnsServer>();
        _route = new ServiceRoute(options.BridgeName, new IPNetwork(options.Address, 32), _logger);
        _names = new NameWatch(_directory, client, time, random, loggers);
    }

    /// <inheritdoc />
    public override string Name => "dns";

    /// <summary>Where it listens, once it does.</summary>
    public Task<IPEndPoint> Bound => _bound.Task;

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var counters = new DnsCounters();
        var cache = new AnswerCache(AnswersMax);
        var forwarder = new Forwarder(_upstream, cache, _time, _logger);
        var zone = new ClusterZone(_options.Domain, _options.Address, _options.Ranges);
        var responder = new DnsResponder(
            new ClusterAnswerer(zone, _directory), _directory, cache, forwarder, counters, _time);
        ClusterComponent[] parts = [_route, _names];
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var serving = Task.CompletedTask;
        try
        {
            await Task.WhenAll(parts.Select(part => part.StartAsync(stopping)));
            forwarder.Notice();
            serving = ServeAsync(responder, ending.Token);
            var first = await Task.WhenAny([.. parts.Select(static part => part.Completion), serving]).WaitAsync(stopping);
            await first;
        }
        finally
        {
            await ending.CancelAsync();
            await forwarder.DisposeAsync(); // Those who wait for others are told now.
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(parts.Select(static part => part.DisposeAsync().AsTask()));
        }
    }

    private async Task ServeAsync(DnsResponder responder, CancellationToken stopping)
    {
        var sockets = await OpenAsync(stopping);
        _bound.TrySetResult((IPEndPoint)sockets.Datagrams.LocalEndPoint!);
        SignalReady();
        await Task.WhenAll(
            new DatagramListener(sockets.Datagrams, responder, _logger).RunAsync(stopping),
            new StreamListener(sockets.Streams, responder, _time, _logger).RunAsync(stopping));
    }

    private async Task<DnsSockets> OpenAsync(CancellationToken stopping)
    {
        var isTold = false;
        while (true)
        {
            try
            {
                return DnsSockets.Open(_options.Address, _options.Port);
            }
            catch (SocketException refused)
            {
                if (!isTold)
                {
                    Log.CannotListen(_logger, _options.Address, _options.Port, refused.Message);
                    isTold = true;
                }

                // The rest of the node is worth having without names.
                SignalReady();
            }

            await Task.Delay(TryAgain, _time, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5104, LogLevel.Error,
            "The cluster's DNS cannot listen on {Address}:{Port}: {Problem}. Names do not resolve in pods until it can; end the "
            + "program that listens there (ss -lunp 'sport = 53' names it), or start with --disable dns. It is tried every 10 s")]
        public static partial void CannotListen(ILogger logger, IPAddress address, int port, string problem);
    }
}
