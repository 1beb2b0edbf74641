using k8s.Models;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>POST, PUT, PATCH and DELETE of objects over HTTP.</summary>
internal sealed class WriteEndpoint(ApiPipeline pipeline, ReadEndpoint reads)
{
    public async Task CreateAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var options = query.WriteOptions(context.Request);
        var body = await RequestBody.ReadObjectAsync(context.Request, request.Definition, context.RequestAborted);
        var decoded = StrictDecoder.Decode(request.Definition, body, options.FieldValidation);
        Respond.Warn(context.Response, decoded.Warnings);
        var created = await pipeline.CreateAsync(request, decoded.Item, options, context.RequestAborted);
        await reads.ObjectAsync(context, StatusCodes.Status201Created, request.Definition, created, form);
    }

    public async Task UpdateAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var options = query.WriteOptions(context.Request);
        var body = await RequestBody.ReadObjectAsync(context.Request, request.Definition, context.RequestAborted);
        IReadOnlyList<string> warnings = [];
        ObjectChange change = _ =>
        {
            var decoded = StrictDecoder.Decode(request.Definition, body, options.FieldValidation);
            warnings = decoded.Warnings;
            return decoded.Item;
        };
        var updated = await pipeline.UpdateAsync(request, change, options, context.RequestAborted);
        Respond.Warn(context.Response, warnings);
        await reads.ObjectAsync(context, StatusCodes.Status200OK, request.Definition, updated, form);
    }

    public async Task PatchAsync(HttpContext context, ResourceRequest request, Query query)
    {
        if (RequestBody.IsApply(context.Request))
        {
            await ApplyAsync(context, request, query);
            return;
        }

        var form = ResponseForm.Of(context.Request, query);
        var patch = await RequestBody.ReadPatchAsync(context.Request, request.Definition, context.RequestAborted);
        IReadOnlyList<string> warnings = [];
        var patched = await pipeline.PatchAsync(
            request, patch, found => warnings = found, query.WriteOptions(context.Request), context.RequestAborted);
        Respond.Warn(context.Response, warnings);
        await reads.ObjectAsync(context, StatusCodes.Status200OK, request.Definition, patched, form);
    }

    private async Task ApplyAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var options = query.WriteOptions(context.Request);
        var body = await BodyReader.ReadAsync(context.Request, context.RequestAborted);
        AuditRequest.Of(context)?.Read(ApplyConfiguration.ToJson(body));
        var applied = await pipeline.ApplyAsync(
            request, ApplyConfiguration.Read(request, body), options, context.RequestAborted);
        var code = applied.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await reads.ObjectAsync(context, code, request.Definition, applied.Object, form);
    }

    public async Task DeleteAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var options = await DeleteOptionsAsync(context, query);
        var outcome = await pipeline.DeleteAsync(request, options, context.RequestAborted);
        if (!outcome.IsGone || request.Definition.ReturnsDeletedObject)
        {
            await reads.ObjectAsync(context, StatusCodes.Status200OK, request.Definition, outcome.Object, form);
            return;
        }

        var uid = request.Definition.View(outcome.Object).Item.Metadata.Uid;
        await Respond.JsonAsync(context, StatusCodes.Status200OK, Respond.Deleted(request, uid), form.Pretty);
    }

    public async Task DeleteCollectionAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var options = await DeleteOptionsAsync(context, query);
        var selection = query.Selection(request);
        var page = await pipeline.DeleteCollectionAsync(
            request, selection, reads.OptionsOf(query), options, context.RequestAborted);
        await reads.PageAsync(context, request.Definition, page, form);
    }

    // Both the body and the query may say how to delete; the body wins.
    private static async ValueTask<V1DeleteOptions> DeleteOptionsAsync(HttpContext context, Query query)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, context.RequestAborted);
        var options = body.IsEmpty ? new V1DeleteOptions() : JsonText.Decode<V1DeleteOptions>(body.Span);
        options.GracePeriodSeconds ??= query.Number("gracePeriodSeconds");
        options.PropagationPolicy ??= query.Text("propagationPolicy") is { Length: > 0 } policy ? policy : null;
        options.OrphanDependents ??= query.Text("orphanDependents").Length > 0 ? query.Flag("orphanDependents") : null;
        options.DryRun ??= query.DryRun() ? ["All"] : null;
        return options;
    }
}
