using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>What a binding says of the parameters its policy is evaluated with, found for each request.</summary>
internal static class PolicyParameters
{
    /// <returns>One set for each evaluation; null stands for none at all. Empty when the binding does nothing without.</returns>
    /// <exception cref="PolicyProblemException">There are none, and that is not allowed.</exception>
    public static async ValueTask<IReadOnlyList<JsonObject?>> FindAsync(
        V1ParamKind? kind, V1ParamRef? reference, AdmissionSubject subject, ResourceSnapshot kinds, CancellationToken cancellationToken)
    {
        if (kind is null || reference is null)
        {
            return [null];
        }

        var definition = kinds.All.FirstOrDefault(one => one.Gvk.ApiVersion == kind.ApiVersion && one.Gvk.Kind == kind.Kind)
            ?? throw new PolicyProblemException(
                $"failed to configure policy: failed to find resource referenced by paramKind: '{kind.ApiVersion}, Kind={kind.Kind}'");
        var found = Stored(definition, reference, SpaceOf(definition, reference, subject), subject.Objects);
        if (found.Count == 0)
        {
            return reference.ParameterNotFoundAction == "Allow" ? [] : throw new PolicyProblemException(
                "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction");
        }

        var shown = await definition.PresentAsync(found, cancellationToken);
        return [.. shown.Select(static one => (JsonObject)JsonTree.Parse(one.Json.Span)!)];
    }

    private static string SpaceOf(ResourceDefinition definition, V1ParamRef reference, AdmissionSubject subject)
    {
        var own = reference.NamespaceProperty ?? "";
        if (definition.Scope == Scope.Cluster)
        {
            return own.Length == 0 ? "" : throw new PolicyProblemException(
                "failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
        }

        var space = own.Length > 0 || subject.Definition is NamespaceResource ? own : subject.Namespace;
        return space.Length > 0 ? space : throw new PolicyProblemException(
            "failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
    }

    private static IReadOnlyList<StoredObject> Stored(
        ResourceDefinition definition, V1ParamRef reference, string space, ObjectLookup objects)
    {
        if (!string.IsNullOrEmpty(reference.Name))
        {
            return objects.Find(definition, new ObjectKey(space, reference.Name)) is { } one ? [one] : [];
        }

        var selector = LabelSelector.Of(reference.Selector) ?? LabelSelector.Everything;
        return [.. objects.List(definition, space.Length == 0 ? null : space)
            .Where(stored => selector.Matches(definition.View(stored).Labels))];
    }
}

/// <summary>A policy could not be evaluated: a matter of its failure policy.</summary>
internal sealed class PolicyProblemException(string message) : Exception(message);
