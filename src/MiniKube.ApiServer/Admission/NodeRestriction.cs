using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What a node may write: its own Node without taints and restricted labels, and the state of the pods that are bound to it.
/// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
/// </summary>
internal sealed class NodeRestriction : IAdmission
{
    private const string RestrictedLabel = "node-restriction.kubernetes.io";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public string Name => "NodeRestriction";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var problem = request.User.NodeName is { } node
            ? request.Definition switch
            {
                PodResource => RefusePod(node, request),
                NodeResource => RefuseNode(node, request),
                _ => null,
            }
            : null;
        return problem is null
            ? ValueTask.CompletedTask
            : throw ApiException.Forbidden(request.Definition.Gvr, request.Key.Name, problem);
    }

    private static string? RefusePod(string node, AdmissionRequest request) => request.Operation switch
    {
        Verb.Create => RefuseMirror(node, (V1Pod)request.Object!),
        Verb.Delete => IsOn(node, request.OldObject)
            ? null
            : $"node \"{node}\" can only delete pods with spec.nodeName set to itself",
        _ => RefuseStatus(node, (V1Pod)request.Object!, (V1Pod)request.OldObject!),
    };

    private static string? RefuseStatus(string node, V1Pod pod, V1Pod old)
    {
        if (!IsOn(node, old))
        {
            return $"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself";
        }

        return IsSame(pod.Metadata.Labels, old.Metadata.Labels)
            ? null
            : $"node \"{node}\" cannot update labels through pod status";
    }

    private static string? RefuseMirror(string node, V1Pod pod)
    {
        if (pod.Metadata.Annotations?.ContainsKey(MirrorAnnotation) != true)
        {
            return $"pod does not have \"{MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods";
        }

        if (!IsOn(node, pod))
        {
            return $"node \"{node}\" can only create pods with spec.nodeName set to itself";
        }

        var refers = PodReferenceNames.Secrets(pod.Spec).Concat(PodReferenceNames.ConfigMaps(pod.Spec))
            .Concat((pod.Spec.Volumes ?? []).Select(static volume => volume.PersistentVolumeClaim?.ClaimName))
            .Any(static name => !string.IsNullOrEmpty(name));
        return refers ? $"node \"{node}\" can not create pods that reference secrets, configmaps or persistentvolumeclaims" : null;
    }

    private static string? RefuseNode(string node, AdmissionRequest request)
    {
        if (request.Key.Name != node)
        {
            return $"node \"{node}\" is not allowed to modify node \"{request.Key.Name}\"";
        }

        var (now, old) = (request.Object as V1Node, request.OldObject as V1Node);
        var labels = RestrictedChanges(now?.Metadata.Labels, old?.Metadata.Labels);
        if (labels.Count > 0)
        {
            return $"is not allowed to modify labels: {string.Join(", ", labels)}";
        }

        return old is not null && now is not null && !HasSameTaints(now, old)
            ? $"node \"{node}\" is not allowed to modify taints"
            : null;
    }

    private static List<string> RestrictedChanges(IDictionary<string, string>? now, IDictionary<string, string>? old)
        => [.. (now ?? new Dictionary<string, string>()).Keys.Concat((old ?? new Dictionary<string, string>()).Keys)
            .Where(static key => IsRestricted(key))
            .Where(key => Value(now, key) != Value(old, key))
            .Distinct().Order(StringComparer.Ordinal)];

    private static bool IsRestricted(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var home = slash < 0 ? "" : key[..slash];
        return home == RestrictedLabel || home.EndsWith($".{RestrictedLabel}", StringComparison.Ordinal);
    }

    private static bool HasSameTaints(V1Node now, V1Node old)
        => (now.Spec?.Taints ?? []).Select(Text).Order(StringComparer.Ordinal)
            .SequenceEqual((old.Spec?.Taints ?? []).Select(Text).Order(StringComparer.Ordinal));

    private static string Text(V1Taint taint) => $"{taint.Key}={taint.Value}:{taint.Effect}";

    private static bool IsOn(string node, object? pod) => (pod as V1Pod)?.Spec?.NodeName == node;

    private static string? Value(IDictionary<string, string>? labels, string key)
        => labels?.TryGetValue(key, out var value) == true ? value : null;

    private static bool IsSame(IDictionary<string, string>? left, IDictionary<string, string>? right)
        => (left?.Count ?? 0) == (right?.Count ?? 0) && (left is null || left.All(entry => Value(right, entry.Key) == entry.Value));
}
