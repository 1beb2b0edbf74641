using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>Objects by kind and key, and every change since the last compaction.</summary>
internal sealed class InMemoryHistory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Type Kind, ObjectKey Key), object> _objects = [];
    private readonly List<Change> _changes = [];
    private TaskCompletionSource _news = NewSignal();
    private CancellationTokenSource _open = new();
    private long _newest;
    private long _compacted;

    public Revision Newest => new(Volatile.Read(ref _newest));

    public void Compact()
    {
        lock (_gate)
        {
            _compacted = _newest;
            _changes.Clear();
        }
    }

    public void CloseWatches()
    {
        var former = Interlocked.Exchange(ref _open, new CancellationTokenSource());
        former.Cancel();
    }

    public T? Find<T>(ObjectKey key)
        where T : class
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault((typeof(T), key)) as T;
        }
    }

    public ObjectList<T> List<T>(Func<T, bool> matches)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            return new ObjectList<T>(Newest, [.. _objects.Values.OfType<T>().Where(matches)]);
        }
    }

    /// <summary>
    /// Replaces one object by what the function makes of it; null removes it. Returns the last state.
    /// </summary>
    public T Write<T>(ObjectKey key, Func<T?, T?> change)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var old = _objects.GetValueOrDefault((typeof(T), key)) as T;
            var current = change(old);
            var stamped = ObjectJson.Copy(current ?? old!);
            stamped.Metadata.ResourceVersion = new Revision(++_newest).ToString();
            if (current is null)
            {
                _objects.Remove((typeof(T), key));
            }
            else
            {
                _objects[(typeof(T), key)] = stamped;
            }

            _changes.Add(new Change(Newest, typeof(T), old, current is null ? null : stamped));
            Interlocked.Exchange(ref _news, NewSignal()).TrySetResult();
            return stamped;
        }
    }

    public async IAsyncEnumerable<TypedChange<T>> WatchAsync<T>(
        Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var closing = _open.Token;
        var seen = after.Value;
        while (!closing.IsCancellationRequested)
        {
            var (news, changes) = ChangesAfter(seen);
            foreach (var change in changes)
            {
                seen = change.Revision.Value;
                if (change.Kind == typeof(T))
                {
                    yield return new TypedChange<T>(change.Revision, (T?)change.Old, (T?)change.Current);
                }
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(closing, cancellationToken);
            await news.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private (Task News, List<Change> Changes) ChangesAfter(long seen)
    {
        lock (_gate)
        {
            if (seen < _compacted)
            {
                throw new ApiException(StatusReason.Expired, $"too old resource version: {seen} ({_compacted})");
            }

            // One change per revision, so the place in the list follows from it.
            return (_news.Task, _changes[(int)(seen - _compacted)..]);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Change(Revision Revision, Type Kind, object? Old, object? Current);
}

/// <summary>One write: the state before (null when new) and after (null when removed).</summary>
internal sealed record TypedChange<T>(Revision Revision, T? Old, T? Current);
