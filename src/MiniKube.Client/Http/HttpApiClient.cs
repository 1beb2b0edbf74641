using System.Runtime.CompilerServices;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// The API over HTTPS, for programs on other machines: any of several servers, the next one at once when one cannot be reached.
/// Same promises as the local transport; objects it returns are the caller's own.
/// </summary>
public sealed class HttpApiClient : IApiClient, IDisposable
{
    // As client-go's pager: small enough for the server to send while it reads, few enough round trips.
    private const int PageSize = 500;

    private readonly HttpApiTransport _transport;

    /// <summary>A client that has not connected yet.</summary>
    public HttpApiClient(HttpApiClientOptions options, TimeProvider time, Random random, ILoggerFactory loggers)
        => _transport = new HttpApiTransport(options, time, random, loggers.CreateLogger<HttpApiClient>());

    /// <summary>
    /// Raised when a server did not accept this client, or this client not the server: a certificate may have run out. Many times
    /// if many requests meet it.
    /// </summary>
    public event Action? Refused
    {
        add => _transport.Refused += value;
        remove => _transport.Refused -= value;
    }

    /// <summary>Raised when a server answers again after none did.</summary>
    public event Action? Restored
    {
        add => _transport.Restored += value;
        remove => _transport.Restored -= value;
    }

    /// <inheritdoc />
    public Task WhenReachableAsync(CancellationToken cancellationToken) => _transport.Answers.WaitAsync(cancellationToken);

    /// <summary>Closes all connections now, as after a change of this machine's address: they lead nowhere any more.</summary>
    public void Reconnect() => _transport.Reconnect();

    /// <summary>What a path that is no resource answers: <c>/cacerts</c>.</summary>
    public async Task<string> ReadTextAsync(string path, CancellationToken cancellationToken)
        => Encoding.UTF8.GetString(await _transport.ReadAsync(HttpMethod.Get, path, question: null, cancellationToken));

    /// <inheritdoc />
    public async Task<T?> FindAsync<T>(ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var path = ResourcePath.Item<T>(key, subresource: null);
            return await SendAsync<T>(HttpMethod.Get, path, question: null, cancellationToken);
        }
        catch (ApiException missing) when (missing.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<ObjectList<T>> ListAsync<T>(ObjectQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var page = await PageAsync<T>(query, continueToken: null, cancellationToken);
        var revision = page.Revision;
        var items = page.Items;
        while (page.Continue is { } next)
        {
            page = await PageAsync<T>(query, next, cancellationToken);
            items.AddRange(page.Items);
        }

        return new ObjectList<T>(revision, items);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ObjectEvent<T>> WatchAsync<T>(
        ObjectQuery query, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = ResourcePath.Watch<T>(query, after);
        using var answer = await _transport.SendAsync(HttpMethod.Get, path, question: null, cancellationToken);
        await using var body = await answer.Response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var change in WatchStream.ReadAsync<T>(body, answer.Aborted, cancellationToken))
        {
            yield return change;
        }
    }

    /// <inheritdoc />
    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => SendAsync<T>(
            HttpMethod.Post, ResourcePath.Collection<T>(item.Metadata.NamespaceProperty), Json(item), cancellationToken);

    /// <inheritdoc />
    public Task<T> UpdateAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => SendAsync<T>(HttpMethod.Put, ResourcePath.Item<T>(item.Key(), subresource), Json(item), cancellationToken);

    /// <inheritdoc />
    public Task<T> PatchAsync<T>(
        ObjectKey key, ObjectPatch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => SendAsync<T>(
            HttpMethod.Patch, ResourcePath.Item<T>(key, subresource), Body(patch.Json, MediaTypeOf(patch.Type)), cancellationToken);

    /// <inheritdoc />
    public async Task DeleteAsync<T>(ObjectKey key, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => await _transport.ReadAsync(
            HttpMethod.Delete,
            ResourcePath.Item<T>(key, subresource: null),
            Body(ObjectJson.Encode(options ?? new V1DeleteOptions()), "application/json"),
            cancellationToken);

    /// <inheritdoc />
    public async Task BindAsync(ObjectKey pod, string? podUid, string nodeName, CancellationToken cancellationToken)
    {
        var binding = new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new V1ObjectMeta { Name = pod.Name, NamespaceProperty = pod.Namespace, Uid = podUid },
            Target = new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = nodeName },
        };
        var body = Body(ObjectJson.Encode(binding), "application/json");
        await _transport.ReadAsync(HttpMethod.Post, ResourcePath.Item<V1Pod>(pod, "binding"), body, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<V1TokenRequestStatus> RequestTokenAsync(
        ObjectKey account, V1TokenRequestSpec spec, CancellationToken cancellationToken)
    {
        var asked = new Authenticationv1TokenRequest
        {
            ApiVersion = "authentication.k8s.io/v1",
            Kind = "TokenRequest",
            Spec = spec,
        };
        var path = ResourcePath.Item<V1ServiceAccount>(account, "token");
        return (await SendAsync<Authenticationv1TokenRequest>(HttpMethod.Post, path, Json(asked), cancellationToken)).Status;
    }

    /// <summary>Closes the connections; requests under way fail.</summary>
    public void Dispose() => _transport.Dispose();

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, ServerQuestion? question, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => ObjectReader.ReadObject<T>(await _transport.ReadAsync(method, path, question, cancellationToken));

    private async Task<ObjectPage<T>> PageAsync<T>(
        ObjectQuery query, string? continueToken, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = ResourcePath.Page<T>(query, PageSize, continueToken);
        return ObjectReader.ReadPage<T>(await _transport.ReadAsync(HttpMethod.Get, path, question: null, cancellationToken));
    }

    private static ServerQuestion Json<T>(T item) => Body(ObjectJson.Encode(item), "application/json");

    private static ServerQuestion Body(ReadOnlyMemory<byte> json, string mediaType) => new(json, mediaType);

    private static string MediaTypeOf(PatchType type) => type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        _ => "application/strategic-merge-patch+json",
    };
}
