using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>What many callers do with a few calls of the client.</summary>
public static class ApiClientExtensions
{
    // As client-go's default retry: more means that somebody writes all the time, and the caller's own retry is better
    // placed.
    private const int AttemptsMax = 5;

    /// <summary>
    /// Changes a copy of the object and writes it, with the object read again and changed again when somebody else was
    /// faster.
    /// <paramref name="change"/> returns false when there is nothing to change. Returns the object as it is now, or
    /// null when it
    /// is gone or was replaced by another of the same name.
    /// </summary>
    /// <exception cref="ApiException">Conflict after five attempts, and everything else a write can throw.</exception>
    public static async Task<T?> UpdateWithRetryAsync<T>(
        this IApiClient client, T seen, Func<T, bool> change, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        for (var attempt = 1; ; attempt++)
        {
            var copy = ObjectJson.Copy(seen);
            if (!change(copy))
            {
                return seen;
            }

            try
            {
                return await client.UpdateAsync(copy, subresource, cancellationToken);
            }
            catch (ApiException gone) when (gone.Reason == StatusReason.NotFound)
            {
                return null;
            }
            catch (ApiException conflict) when (conflict.Reason == StatusReason.Conflict && attempt < AttemptsMax)
            {
                var latest = await client.FindAsync<T>(seen.Key(), cancellationToken);
                if (latest is null || latest.Metadata.Uid != seen.Metadata.Uid)
                {
                    return null;
                }

                seen = latest;
            }
        }
    }

    /// <summary>
    /// Deletes the object if it still is that very one; gone already is fine. False when there was nothing to delete.
    /// </summary>
    public static async Task<bool> DeleteIfPresentAsync<T>(
        this IApiClient client, T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var options = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = item.Metadata.Uid } };
        try
        {
            await client.DeleteAsync<T>(item.Key(), options, cancellationToken);
            return true;
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            return false;
        }
    }
}
