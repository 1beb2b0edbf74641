using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace MiniKube.ApiServer;

/// <summary>The columns of a kind's table in order, with those that every kind has.</summary>
internal static class TableLayout
{
    // Custom kinds come and go, and their layouts with them.
    private static readonly ConditionalWeakTable<ResourceDefinition, Layout> Known = [];

    private static readonly TableColumn Name = new("Name", "string", Wide: false, (item, _) => item.Metadata.Name);

    private static readonly TableColumn Age = new(
        "Age", "string", Wide: false, (item, now) => ColumnText.Since(item.Metadata.CreationTimestamp, now));

    /// <summary>Name first and Age behind the other narrow columns, unless the kind places them or shows the moment itself.</summary>
    public static ImmutableArray<TableColumn> Of(ResourceDefinition definition) => Known.GetValue(definition, Arrange).Columns;

    private static Layout Arrange(ResourceDefinition definition)
    {
        var columns = definition.Columns.ToList();
        if (definition.AddsAge && columns.All(column => column.Name is not ("Age" or "Last Seen" or "Created At")))
        {
            var wide = columns.FindIndex(column => column.Wide);
            columns.Insert(wide < 0 ? columns.Count : wide, Age);
        }

        if (columns.All(column => column.Name != "Name"))
        {
            columns.Insert(0, Name);
        }

        return new Layout([.. columns]);
    }

    private sealed record Layout(ImmutableArray<TableColumn> Columns);
}
