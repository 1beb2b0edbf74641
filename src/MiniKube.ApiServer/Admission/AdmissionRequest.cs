using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A write on its way to the store.</summary>
internal sealed record AdmissionRequest : IDisposable
{
    /// <summary>Create, update (also for patches) or delete.</summary>
    public required Verb Operation { get; init; }

    public required ResourceDefinition Definition { get; init; }

    /// <summary>What is written. The name is final, also when it was generated.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The new object, to be changed at will; null for deletions.</summary>
    public IKubernetesObject<V1ObjectMeta>? Object { get; set; }

    /// <summary>True when webhooks or policies changed the object: <see cref="Object"/> is another one than was given.</summary>
    public bool IsMutated { get; set; }

    /// <summary>True while only the server knows the name.</summary>
    public bool HasGeneratedName { get; init; }

    /// <summary>CreateOptions, UpdateOptions or DeleteOptions, made when somebody wants them.</summary>
    public Func<JsonObject> Options { get; init; } = static () => [];

    /// <summary>The object before the write, shared and read-only; null for creates.</summary>
    public IKubernetesObject<V1ObjectMeta>? OldObject { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Tells who asks something that is no refusal.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Notes something, by key, in the audit log.</summary>
    public Action<string, string> Annotate { get; init; } = static (_, _) => { };

    /// <summary>What rules keep from others until the write is over.</summary>
    public AdmissionHolds Holds { get; } = new();

    /// <summary>Everything that is stored, as of now.</summary>
    public required ObjectLookup Objects { get; init; }

    /// <summary>The write is over: what was held is free again.</summary>
    public void Dispose() => Holds.Dispose();
}
