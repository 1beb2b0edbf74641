using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

/// <summary>The fake that the controllers' tests stand on keeps the promises of the real transports.</summary>
public sealed class InMemoryApiClientTests : ApiClientContract
{
    protected override Task<IApiClient> ConnectAsync(CancellationToken cancellationToken)
        => Task.FromResult<IApiClient>(new InMemoryApiClient(TimeProvider.System));
}
