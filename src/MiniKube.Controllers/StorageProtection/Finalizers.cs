using k8s;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>A finalizer that protects what is used.</summary>
internal static class Finalizers
{
    /// <summary>An object that stays has the finalizer; one to be deleted keeps it while it is used.</summary>
    public static async Task SettleAsync<T>(
        IApiClient client, T seen, string finalizer, bool isUsed, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => await client.UpdateWithRetryAsync(
            seen,
            copy =>
            {
                var has = copy.Metadata.Finalizers?.Contains(finalizer) is true;
                var isGoing = copy.Metadata.DeletionTimestamp is not null;
                if (isGoing ? !has || isUsed : has)
                {
                    return false;
                }

                copy.Metadata.Finalizers = isGoing
                    ? [.. copy.Metadata.Finalizers!.Where(one => one != finalizer)]
                    : [.. copy.Metadata.Finalizers ?? [], finalizer];
                return true;
            },
            subresource: null,
            cancellationToken);
}
