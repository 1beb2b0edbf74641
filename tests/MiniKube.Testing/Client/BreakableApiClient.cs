using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// A client whose connection a test can break and mend, behaving as the HTTPS transport does: requests fail, watches break off,
/// and who waits is told when it is mended.
/// </summary>
public sealed class BreakableApiClient(IApiClient inner) : IApiClient
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _broken = new();
    private TaskCompletionSource? _mended;
    private int _lists;

    /// <summary>How many lists were asked for.</summary>
    public int Lists => _lists;

    /// <summary>From here on no server answers.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _mended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _broken.Cancel();
        }
    }

    /// <summary>From here on it does again.</summary>
    public void Mend()
    {
        lock (_gate)
        {
            _broken = new CancellationTokenSource();
            _mended?.SetResult();
            _mended = null;
        }
    }

    public Task WhenReachableAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _mended?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Passed().FindAsync<T>(key, cancellationToken);

    public Task<ObjectList<T>> ListAsync<T>(ObjectQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var passed = Passed();
        Interlocked.Increment(ref _lists);
        return passed.ListAsync<T>(query, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectEvent<T>> WatchAsync<T>(
        ObjectQuery query, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var broken = _broken.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken);
        await using var watch = Passed().WatchAsync<T>(query, after, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            try
            {
                if (!await watch.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ServerUnreachableException("broken by the test");
            }

            yield return watch.Current;
        }
    }

    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Passed().CreateAsync(item, cancellationToken);

    public Task<T> UpdateAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Passed().UpdateAsync(item, subresource, cancellationToken);

    public Task<T> PatchAsync<T>(ObjectKey key, ObjectPatch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Passed().PatchAsync<T>(key, patch, subresource, cancellationToken);

    public Task DeleteAsync<T>(ObjectKey key, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Passed().DeleteAsync<T>(key, options, cancellationToken);

    public Task BindAsync(ObjectKey pod, string? podUid, string nodeName, CancellationToken cancellationToken)
        => Passed().BindAsync(pod, podUid, nodeName, cancellationToken);

    public Task<V1TokenRequestStatus> RequestTokenAsync(
        ObjectKey account, V1TokenRequestSpec spec, CancellationToken cancellationToken)
        => Passed().RequestTokenAsync(account, spec, cancellationToken);

    private IApiClient Passed()
    {
        lock (_gate)
        {
            return _mended is null ? inner : throw new ServerUnreachableException("broken by the test");
        }
    }
}
