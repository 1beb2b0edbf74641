using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// A small API server in memory, for tests of what is built on the client: revisions, optimistic locking, watches with
/// history, finalizers, graceful deletion of pods, status as a subresource. It has no validation, no defaults and no
/// admission.
/// </summary>
public sealed class InMemoryApiClient(TimeProvider time) : IApiClient
{
    private readonly InMemoryHistory _history = new();
    private int _tokens;

    /// <summary>The revision of the last write.</summary>
    public Revision Newest => _history.Newest;

    /// <summary>Forgets history: watches from before now are told Expired.</summary>
    public void Compact() => _history.Compact();

    /// <summary>Ends every open watch as a server does that shuts down.</summary>
    public void CloseWatches() => _history.CloseWatches();

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Task.FromResult(_history.Find<T>(key));

    public Task<ObjectList<T>> ListAsync<T>(ObjectQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Task.FromResult(_history.List<T>(item => Matches(query, item)));

    public async IAsyncEnumerable<ObjectEvent<T>> WatchAsync<T>(
        ObjectQuery query, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        await foreach (var change in _history.WatchAsync<T>(after, cancellationToken))
        {
            var isMatch = change.Current is not null && Matches(query, change.Current);
            var wasMatch = change.Old is not null && Matches(query, change.Old);
            if (isMatch || wasMatch)
            {
                var type = !isMatch ? ObjectEventType.Deleted : wasMatch ? ObjectEventType.Modified : ObjectEventType.Added;
                yield return new ObjectEvent<T>(type, change.Revision, isMatch ? change.Current : change.Current ?? change.Old);
            }
        }
    }

    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var copy = ObjectJson.Copy(item);
        copy.ApiVersion = ObjectType<T>.Gvk.ApiVersion;
        copy.Kind = ObjectType<T>.Gvk.Kind;
        copy.Metadata.Name ??= $"{copy.Metadata.GenerateName}{Guid.NewGuid().ToString("n")[..5]}";
        copy.Metadata.Uid = Guid.NewGuid().ToString();
        copy.Metadata.CreationTimestamp = time.GetUtcNow().UtcDateTime;
        copy.Metadata.Generation = 1;
        return Task.FromResult(_history.Write<T>(copy.Key(), old => old is null
            ? copy
            : throw ApiException.AlreadyExists(ObjectType<T>.Gvr, copy.Metadata.Name)));
    }

    public Task<T> UpdateAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Task.FromResult(_history.Write<T>(item.Key(), old => Merged(Present(old, item.Key()), item, subresource)));

    public Task<T> PatchAsync<T>(
        ObjectKey key, ObjectPatch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (patch.Type == PatchType.Json)
        {
            throw new NotSupportedException("the in-memory client knows merge patches only");
        }

        return Task.FromResult(_history.Write<T>(key, old =>
        {
            var present = Present(old, key);
            var merged = MergePatch.Apply(JsonNode.Parse(ObjectJson.Encode(present)), JsonNode.Parse(patch.Json.Span));
            return Merged(present, ObjectJson.Decode<T>(JsonBytes.Of(merged)), subresource);
        }));
    }

    public Task DeleteAsync<T>(ObjectKey key, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        _history.Write<T>(key, old =>
        {
            var present = Present(old, key);
            if (options?.Preconditions?.Uid is { } uid && uid != present.Metadata.Uid)
            {
                throw ApiException.Conflict(ObjectType<T>.Gvr, key.Name, "the UID in the precondition does not match");
            }

            if (options?.Preconditions?.ResourceVersion is { } version && version != present.Metadata.ResourceVersion)
            {
                throw ApiException.Conflict(ObjectType<T>.Gvr, key.Name, "the version in the precondition does not match");
            }

            return Deletion.Of(ObjectJson.Copy(present), options, time.GetUtcNow());
        });
        return Task.CompletedTask;
    }

    /// <summary>Tokens say whose they are and how many there were before, and are good for nothing.</summary>
    public Task<V1TokenRequestStatus> RequestTokenAsync(
        ObjectKey account, V1TokenRequestSpec spec, CancellationToken cancellationToken)
    {
        _ = _history.Find<V1ServiceAccount>(account) ?? throw ApiException.NotFound(ObjectType<V1ServiceAccount>.Gvr, account.Name);
        return Task.FromResult(new V1TokenRequestStatus
        {
            Token = $"token {Interlocked.Increment(ref _tokens)} of {account}",
            ExpirationTimestamp = time.GetUtcNow().UtcDateTime.AddSeconds(spec.ExpirationSeconds ?? 3_600),
        });
    }

    public Task BindAsync(ObjectKey pod, string? podUid, string nodeName, CancellationToken cancellationToken)
    {
        _history.Write<V1Pod>(pod, old =>
        {
            var copy = ObjectJson.Copy(Present(old, pod));
            if (copy.Spec.NodeName is { Length: > 0 } bound || (podUid is not null && podUid != copy.Metadata.Uid))
            {
                throw ApiException.Conflict(ObjectType<V1Pod>.Gvr, pod.Name, $"pod {pod.Name} is already assigned to a node");
            }

            copy.Spec.NodeName = nodeName;
            copy.Status ??= new V1PodStatus();
            copy.Status.Conditions = [
                .. (copy.Status.Conditions ?? []).Where(condition => condition.Type != "PodScheduled"),
                new V1PodCondition { Type = "PodScheduled", Status = "True" }];
            return copy;
        });
        return Task.CompletedTask;
    }

    private static T Present<T>(T? old, ObjectKey key)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => old ?? throw ApiException.NotFound(ObjectType<T>.Gvr, key.Name);

    /// <summary>What a write to the object, or to one of its subresources, may change of it.</summary>
    private static T? Merged<T>(T old, T wanted, string? subresource)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (wanted.Metadata.ResourceVersion is { Length: > 0 } expected && expected != old.Metadata.ResourceVersion)
        {
            throw ApiException.Conflict(ObjectType<T>.Gvr, old.Metadata.Name);
        }

        var before = JsonNode.Parse(ObjectJson.Encode(old))!.AsObject();
        var after = JsonNode.Parse(ObjectJson.Encode(wanted))!.AsObject();
        var kept = subresource is null ? after : before.DeepClone().AsObject();
        kept["status"] = (subresource == "status" ? after : before)["status"]?.DeepClone();
        if (subresource == "finalize")
        {
            kept["spec"] = after["spec"]?.DeepClone();
        }

        var merged = ObjectJson.Decode<T>(JsonBytes.Of(kept));
        merged.Metadata.Uid = old.Metadata.Uid;
        merged.Metadata.CreationTimestamp = old.Metadata.CreationTimestamp;
        merged.Metadata.DeletionTimestamp = old.Metadata.DeletionTimestamp;
        var isSameSpec = JsonNode.DeepEquals(before["spec"], kept["spec"]);
        merged.Metadata.Generation = (old.Metadata.Generation ?? 1) + (isSameSpec ? 0 : 1);
        return Deletion.IsFinished(merged) ? null : merged;
    }

    private static bool Matches<T>(ObjectQuery query, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => (query.Namespace is null || query.Namespace == item.Metadata.NamespaceProperty)
            && (query.Labels?.Matches(item.Metadata.Labels) ?? true)
            && (query.Fields is null || query.Fields.Split(',').All(field => MatchesField(field, item)));

    private static bool MatchesField<T>(string field, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var parts = field.Split('=', 2);
        var value = parts[0].Split('.').Aggregate(
            JsonNode.Parse(ObjectJson.Encode(item)), static (node, name) => node?[name]);
        return (value?.ToString() ?? "") == parts[1];
    }
}
