using System.Collections.Immutable;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The custom kinds that are served: those of established CustomResourceDefinitions. A definition that did not change keeps its kind,
/// and the watches of that go on. Thread-safe.
/// </summary>
internal sealed partial class CustomKinds(
    ResourceIndex resources, ObjectLookup objects, Func<V1CustomResourceDefinition, IObjectConverter> converters, ILogger logger)
{
    private readonly Lock _gate = new();
    private Dictionary<string, Served> _served = [];

    /// <summary>The kind of a definition, or null while it is not served.</summary>
    public CustomKind? Find(string uid)
    {
        lock (_gate)
        {
            return _served.GetValueOrDefault(uid)?.Kind;
        }
    }

    /// <summary>Serves what is established now, and the definition of the names that were just accepted.</summary>
    public void Publish(V1CustomResourceDefinition? established = null, V1CustomResourceDefinitionNames? names = null)
    {
        lock (_gate)
        {
            var next = new Dictionary<string, Served>();
            foreach (var one in objects.List<V1CustomResourceDefinition>(null))
            {
                var isNew = one.Metadata.Uid == established?.Metadata.Uid;
                var accepted = isNew ? names : one.Status?.AcceptedNames;
                if ((isNew || NamePlanner.IsEstablished(one)) && accepted is not null && ServedOf(one, accepted) is { } served)
                {
                    next[one.Metadata.Uid] = served;
                }
            }

            var before = _served;
            _served = next;
            resources.SetCustom([.. next.Values
                .SelectMany(static one => one.Kind.Versions)
                .Where(static version => version.IsServed)
                .OrderBy(static version => version.Gvr.Group, StringComparer.Ordinal)]);
            foreach (var gone in before.Values.Where(one => next.Values.All(served => served.Kind != one.Kind)))
            {
                gone.Kind.Retire();
            }
        }
    }

    private Served? ServedOf(V1CustomResourceDefinition item, V1CustomResourceDefinitionNames names)
    {
        var mark = $"{item.Metadata.Generation} {item.Metadata.DeletionTimestamp is not null} {System.Text.Encoding.UTF8.GetString(
            ObjectJson.Encode(names))}";
        if (_served.GetValueOrDefault(item.Metadata.Uid) is { } known && known.Mark == mark)
        {
            return known;
        }

        try
        {
            return new Served(mark, new CustomKind(item, names, converters(item)));
        }
        catch (FormatException failure)
        {
            // It was written by a server with other rules.
            Log.NotReadable(logger, item.Metadata.Name, failure.Message);
            return null;
        }
    }

    private sealed record Served(string Mark, CustomKind Kind);

    private static partial class Log
    {
        [LoggerMessage(2040, LogLevel.Warning, "CustomResourceDefinition {Name} is not served, its schema cannot be read: {Problem}")]
        public static partial void NotReadable(ILogger logger, string name, string problem);
    }
}
