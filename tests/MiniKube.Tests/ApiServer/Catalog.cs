using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer;

/// <summary>The kinds, for tests that hold for every one of them.</summary>
public static class Catalog
{
    public static IEnumerable<Entry> Kinds => ResourceCatalog.BuiltIn.Select(definition => new Entry(definition));

    /// <summary>Shows version and kind as the name of the test case.</summary>
    public sealed class Entry
    {
        internal Entry(ResourceDefinition definition) => Definition = definition;

        internal ResourceDefinition Definition { get; }

        public override string ToString() => $"{Definition.Gvk.ApiVersion} {Definition.Gvk.Kind}";
    }
}
