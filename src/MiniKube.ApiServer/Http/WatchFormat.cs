using System.Buffers;
using System.IO.Pipelines;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// How one client's watch events look: whole objects, table rows or metadata. One per watch; remembers what it has
/// sent.
/// </summary>
internal sealed class WatchFormat(ResponseForm form, TablePrinter tables)
{
    private bool _columnsSent;

    public void Write(PipeWriter output, ResourceDefinition definition, ObjectEventType type, StoreEvent change)
    {
        var vanished = type == ObjectEventType.Deleted && change.Type == StoreEventType.Modified;
        if (vanished && form.Form == ObjectForm.Whole)
        {
            WatchWriter.WriteVanished(output, change.Previous!, change.Object.Revision);
            return;
        }

        Write(output, definition, type, change.Object);
    }

    public void Write(PipeWriter output, ResourceDefinition definition, ObjectEventType type, StoredObject stored)
    {
        if (form.Form == ObjectForm.Whole)
        {
            WatchWriter.Write(output, type, stored.Json.Span);
            return;
        }

        var converted = new ArrayBufferWriter<byte>();
        if (form.Form == ObjectForm.Table)
        {
            var row = new TableRow(definition.View(stored).Item, stored.Json);
            tables.WriteOne(converted, definition, row, form.Include, withColumns: !_columnsSent);
            _columnsSent = true;
        }
        else
        {
            PartialMetadata.Write(converted, stored);
        }

        WatchWriter.Write(output, type, converted.WrittenSpan);
    }
}
