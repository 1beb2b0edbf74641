using System.Text;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>The URLs of the API. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris</summary>
internal static class ResourcePath
{
    /// <summary><c>/apis/apps/v1/namespaces/default/deployments</c>; all namespaces when it is null or empty.</summary>
    public static string Collection<T>(string? namespaceName)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var gvr = ObjectType<T>.Gvr;
        var root = gvr.Group.Length == 0 ? $"/api/{gvr.Version}" : $"/apis/{gvr.Group}/{gvr.Version}";
        return string.IsNullOrEmpty(namespaceName)
            ? $"{root}/{gvr.Resource}"
            : $"{root}/namespaces/{Uri.EscapeDataString(namespaceName)}/{gvr.Resource}";
    }

    /// <summary>One object, or a subresource of it.</summary>
    public static string Item<T>(ObjectKey key, string? subresource)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var item = $"{Collection<T>(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource is null ? item : $"{item}/{subresource}";
    }

    /// <summary>One page of a list: the first of a query, or the one a continue token leads to.</summary>
    public static string Page<T>(ObjectQuery query, int limit, string? continueToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = Select<T>(query).Append("limit=").Append(limit);
        return continueToken is null
            ? path.ToString()
            : path.Append("&continue=").Append(Uri.EscapeDataString(continueToken)).ToString();
    }

    /// <summary>The changes of a query after a revision.</summary>
    public static string Watch<T>(ObjectQuery query, Revision after)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Select<T>(query).Append("watch=true&allowWatchBookmarks=true&resourceVersion=").Append(after).ToString();

    private static StringBuilder Select<T>(ObjectQuery query)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = new StringBuilder(Collection<T>(query.Namespace)).Append('?');
        if (query.Labels is { IsEmpty: false } labels)
        {
            path.Append("labelSelector=").Append(Uri.EscapeDataString(labels.ToString())).Append('&');
        }

        if (query.Fields is { } fields)
        {
            path.Append("fieldSelector=").Append(Uri.EscapeDataString(fields)).Append('&');
        }

        return path;
    }
}
