using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// What expressions may name of one request, in the order of <see cref="AdmissionVariables"/>. Made when first looked at.
/// </summary>
internal sealed class AdmissionValues(AdmissionSubject subject, AdmissionView view)
{
    private object?[]? _common;

    /// <summary>The first <paramref name="count"/> values.</summary>
    /// <param name="count">As many as the expression's environment has.</param>
    /// <param name="variables">The policy's own; null for none.</param>
    /// <param name="parameters">The policy's parameters; null for none.</param>
    public object?[] Of(int count, ICelMap? variables = null, JsonObject? parameters = null)
    {
        _common ??=
        [
            CelViews.Of(view.Object, null),
            CelViews.Of(view.OldObject, null),
            CelViews.Of(AdmissionReviewJson.Request(subject, view), null),
            new CelAuthorizer(subject),
            CelViews.Of(NamespaceObject(), null),
        ];
        object?[] values = [.. _common, variables, CelViews.Of(parameters, null)];
        return values[..count];
    }

    private JsonObject? NamespaceObject()
    {
        if (subject.Namespace.Length == 0
            || subject.Objects.Find<V1Namespace>(ObjectKey.Cluster(subject.Namespace)) is not { } found)
        {
            return null;
        }

        // A Namespace that is being made or changed is seen as it was.
        return subject.Definition is NamespaceResource ? null : (JsonObject)JsonTree.Parse(ObjectJson.Encode(found))!;
    }
}
