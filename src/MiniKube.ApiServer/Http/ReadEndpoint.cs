using System.Buffers;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>GET of objects and collections over HTTP: parameters in, bytes out.</summary>
internal sealed class ReadEndpoint(ApiPipeline pipeline, TablePrinter tables)
{
    public async Task GetAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        RevisionQuery.Resolve(query.Text("resourceVersion"), "", limited: false, pipeline.Store);
        var found = await pipeline.GetAsync(request, context.RequestAborted);
        await ObjectAsync(context, StatusCodes.Status200OK, request.Definition, found, form);
    }

    /// <summary>One object, in the form the client asked for.</summary>
    public Task ObjectAsync(
        HttpContext context, int code, ResourceDefinition definition, StoredObject stored, ResponseForm form)
    {
        if (form.Form == ObjectForm.Whole)
        {
            return Respond.JsonAsync(context, code, stored.Json, form.Pretty);
        }

        var buffer = new ArrayBufferWriter<byte>();
        if (form.Form == ObjectForm.Table)
        {
            tables.WriteOne(buffer, definition, RowOf(definition, stored), form.Include, withColumns: true);
        }
        else
        {
            PartialMetadata.Write(buffer, stored);
        }

        return Respond.JsonAsync(context, code, buffer.WrittenMemory, form.Pretty);
    }

    public async Task ListAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var page = await pipeline.ListAsync(request, query.Selection(request), OptionsOf(query), context.RequestAborted);
        await PageAsync(context, request.Definition, page, form);
    }

    /// <summary>A list, in the form the client asked for.</summary>
    public Task PageAsync(HttpContext context, ResourceDefinition definition, ListPage page, ResponseForm form)
    {
        if (form is { Form: ObjectForm.Whole, Pretty: false })
        {
            return ListWriter.WriteAsync(context, definition, page);
        }

        var buffer = new ArrayBufferWriter<byte>();
        switch (form.Form)
        {
            case ObjectForm.Table:
                var metadata = new TableMetadata(page.Revision.ToString(), page.Continue, page.Remaining);
                tables.WriteList(
                    buffer, definition, page.Objects.Select(one => RowOf(definition, one)), metadata, form.Include);
                break;
            case ObjectForm.Metadata:
                ListWriter.WriteMetadata(buffer, page);
                break;
            default:
                ListWriter.Write(buffer, definition, page);
                break;
        }

        return Respond.JsonAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory, form.Pretty);
    }

    public ListOptions OptionsOf(Query query)
    {
        var limit = query.Number("limit") is { } asked and > 0 ? (int?)Math.Min(asked, int.MaxValue) : null;
        var token = query.Text("continue");
        var version = query.Text("resourceVersion");
        if (token.Length > 0 && version.Length > 0 && version != "0")
        {
            throw new ApiException(
                StatusReason.BadRequest, "specifying resource version is not allowed when using continue");
        }

        var at = token.Length > 0
            ? null
            : RevisionQuery.Resolve(version, query.Text("resourceVersionMatch"), limit is not null, pipeline.Store);
        return new ListOptions(limit, token, at);
    }

    private static TableRow RowOf(ResourceDefinition definition, StoredObject stored)
        => new(definition.View(stored).Item, stored.Json);
}
