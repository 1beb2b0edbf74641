using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Both transports against the real server keep the same promises.</summary>
public sealed class LocalTransportTests : ApiClientContract
{
    private TestCluster? _cluster;

    [TearDown]
    public async Task StopAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    protected override async Task<IApiClient> ConnectAsync(CancellationToken cancellationToken)
    {
        _cluster = await TestCluster.StartAsync(cancellationToken);
        return _cluster.LocalClient();
    }
}

public sealed class HttpTransportTests : ApiClientContract
{
    private TestCluster? _cluster;
    private HttpApiClient? _client;

    [TearDown]
    public async Task StopAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    protected override async Task<IApiClient> ConnectAsync(CancellationToken cancellationToken)
    {
        _cluster = await TestCluster.StartAsync(cancellationToken);
        return _client = new HttpApiClient(
            _cluster.HttpClientOptions(), TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
    }
}
