using k8s;
using k8s.Models;

namespace MiniKube.Client;

/// <summary>
/// Tells users what a component did to an object, as core/v1 Events. Never waits and never throws: what cannot be
/// written is logged and dropped. Thread-safe.
/// </summary>
public sealed class EventRecorder
{
    private readonly EventBroadcaster _broadcaster;
    private readonly EventSource _source;

    internal EventRecorder(EventBroadcaster broadcaster, EventSource source)
    {
        _broadcaster = broadcaster;
        _source = source;
    }

    /// <summary>Something went as it should.</summary>
    public void Normal<T>(T about, string reason, string message)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => _broadcaster.Offer(new EventReport(_source, Reference(about), "Normal", reason, message));

    /// <summary>Something a person should look at.</summary>
    public void Warning<T>(T about, string reason, string message)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => _broadcaster.Offer(new EventReport(_source, Reference(about), "Warning", reason, message));

    /// <summary>
    /// As the others, about a part of an object (<c>spec.containers{web}</c>) or one that is not at hand.
    /// </summary>
    public void Report(V1ObjectReference about, string type, string reason, string message)
        => _broadcaster.Offer(new EventReport(_source, about, type, reason, message));

    /// <summary>A reference to an object, at the version the caller saw.</summary>
    public static V1ObjectReference Reference<T>(T about)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new()
        {
            ApiVersion = ObjectType<T>.Gvk.ApiVersion,
            Kind = ObjectType<T>.Gvk.Kind,
            Name = about.Metadata.Name,
            NamespaceProperty = about.Metadata.NamespaceProperty,
            Uid = about.Metadata.Uid,
            ResourceVersion = about.Metadata.ResourceVersion,
        };
}

/// <summary>Who reports: the component, and the node it runs on (empty for parts of the control plane).</summary>
internal sealed record EventSource(string Component, string Host);

/// <summary>One report, before it is merged with its like.</summary>
internal sealed record EventReport(
    EventSource Source, V1ObjectReference About, string Type, string Reason, string Message)
{
    /// <summary>Reports about one object from one source share one budget.</summary>
    public string SubjectKey => $"{Source.Component}|{Source.Host}|{About.Kind}|{About.NamespaceProperty}|{About.Name}|{About.Uid}"
        + $"|{About.FieldPath}";

    /// <summary>Reports that say the same kind of thing about the same object.</summary>
    public string SimilarKey => $"{SubjectKey}|{Type}|{Reason}";

    /// <summary>Reports that say exactly the same.</summary>
    public string SameKey => $"{SimilarKey}|{Message}";
}
