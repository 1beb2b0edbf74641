using k8s;
using k8s.Models;

namespace MiniKube.Testing;

/// <summary>What a delete request makes of an object.</summary>
internal static class Deletion
{
    /// <summary>
    /// The object as it stays for a while, or null when it goes at once. Changes and returns its argument.
    /// </summary>
    public static T? Of<T>(T item, V1DeleteOptions? options, DateTimeOffset now)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var finalizer = options?.PropagationPolicy switch
        {
            "Foreground" => "foregroundDeletion",
            "Orphan" => "orphan",
            _ => null,
        };
        if (finalizer is not null && item.Metadata.Finalizers?.Contains(finalizer) != true)
        {
            item.Metadata.Finalizers = [.. item.Metadata.Finalizers ?? [], finalizer];
        }

        item.Metadata.DeletionTimestamp ??= now.UtcDateTime;
        item.Metadata.DeletionGracePeriodSeconds = GraceSeconds(item, options);
        return IsFinished(item) ? null : item;
    }

    /// <summary>True when deletion was asked for and nothing holds the object any more.</summary>
    public static bool IsFinished<T>(T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => item.Metadata.DeletionTimestamp is not null
            && item.Metadata.Finalizers is not { Count: > 0 }
            && item is not V1Namespace { Spec.Finalizers.Count: > 0 }
            && (item.Metadata.DeletionGracePeriodSeconds ?? 0) == 0;

    private static long GraceSeconds<T>(T item, V1DeleteOptions? options)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => item is V1Pod { Spec.NodeName.Length: > 0 } pod
            ? options?.GracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30
            : 0;
}
