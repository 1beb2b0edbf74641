using System.Collections.Immutable;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Ownership;

/// <summary>A schema given at run time, as of a custom resource: an object with lists of every type.</summary>
internal sealed class ListSchema : MergeSchema
{
    private readonly Dictionary<string, MergeField> _fields = new()
    {
        ["keyed"] = new("f:keyed", new List(Topology.Keyed, [new("name")], Deduced), IsAlwaysThere: false),
        ["ports"] = new("f:ports", new List(Topology.Keyed, [new("port"), new("protocol", "\"TCP\"")], Deduced), IsAlwaysThere: false),
        ["set"] = new("f:set", new List(Topology.Set, [], Whole), IsAlwaysThere: false),
        ["whole"] = new("f:whole", Whole, IsAlwaysThere: false),
        ["free"] = new("f:free", Deduced, IsAlwaysThere: false),
        ["part"] = new("f:part", new ListSchemaRef(), IsAlwaysThere: false),
    };

    public static ListSchema Instance { get; } = new();

    public override Topology Topology => Topology.Granular;

    public override MergeSchema Element => Deduced;

    public override MergeField? Find(ReadOnlySpan<char> name) => _fields.GetValueOrDefault(name.ToString());

    private sealed class List(Topology topology, ImmutableArray<ListKey> keys, MergeSchema element) : MergeSchema
    {
        public override Topology Topology => topology;

        public override ImmutableArray<ListKey> Keys => keys;

        public override MergeSchema Element => element;
    }

    private sealed class ListSchemaRef : MergeSchema
    {
        public override Topology Topology => Topology.Granular;

        public override MergeField? Find(ReadOnlySpan<char> name) => Instance.Find(name);
    }
}
