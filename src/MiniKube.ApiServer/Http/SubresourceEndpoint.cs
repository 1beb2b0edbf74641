using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Subresources whose bodies are of another kind than the object: scale, binding and eviction.</summary>
internal sealed class SubresourceEndpoint(ApiPipeline pipeline)
{
    private static readonly Gvk EvictionKind = new("policy", "v1", "Eviction");

    public async Task GetScaleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        await RespondScaleAsync(context, request, await pipeline.GetAsync(request, context.RequestAborted), form);
    }

    public async Task PutScaleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var body = await RequestBody.ReadJsonAsync(context.Request, context.RequestAborted);
        var scale = JsonText.Decode<V1Scale>(body.Span);
        await WriteScaleAsync(context, request, query, form, _ => scale);
    }

    public async Task PatchScaleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        if (RequestBody.IsApply(context.Request))
        {
            var options = query.WriteOptions(context.Request);
            var body = await BodyReader.ReadAsync(context.Request, context.RequestAborted);
            var applied = await pipeline.ApplyAsync(
                request, ScaleSubresource.Configuration(request, body), options, context.RequestAborted);
            await RespondScaleAsync(context, request, applied.Object, form);
            return;
        }

        var patch = await RequestBody.ReadPatchAsync(context.Request, definition: null, context.RequestAborted);
        var parsed = JsonText.ParseNode(patch.Json.Span);
        await WriteScaleAsync(context, request, query, form, scale => Patched(scale, patch.Type, parsed));
    }

    public async Task BindAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, context.RequestAborted);
        var binding = PodBinding.Of(JsonText.Decode<V1Binding>(body.Span), request.Name);
        await PodBinding.BindAsync(pipeline, request, binding, query.WriteOptions(context.Request), context.RequestAborted);
        await RespondDoneAsync(context);
    }

    public async Task EvictAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, context.RequestAborted);
        var eviction = JsonText.Decode<V1Eviction>(body.Span);
        CheckNames(request, eviction.Metadata);
        var changed = await pipeline.AdmitBodyAsync(
            request, () => AdmissionBody.Of(EvictionKind, eviction, query.WriteOptions(context.Request)), context.RequestAborted);
        eviction = changed is null ? eviction : JsonText.Decode<V1Eviction>(JsonText.Encode(changed));
        var options = eviction.DeleteOptions ?? new V1DeleteOptions();
        options.DryRun ??= query.DryRun() ? ["All"] : null;
        await new PodEviction(pipeline, request, options).EvictAsync(context.RequestAborted);
        await RespondDoneAsync(context);
    }

    public async Task RequestTokenAsync(HttpContext context, ResourceRequest request)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, context.RequestAborted);
        var asked = JsonText.Decode<Authenticationv1TokenRequest>(body.Span);
        var answer = await pipeline.RequestTokenAsync(request, asked, context.RequestAborted);
        await Respond.JsonAsync(context, StatusCodes.Status201Created, ObjectJson.Encode(answer), pretty: false);
    }

    private static void CheckNames(ResourceRequest request, V1ObjectMeta? named)
    {
        if (named?.Name is { Length: > 0 } name && name != request.Name)
        {
            throw new ApiException(StatusReason.BadRequest, "name in URL does not match name in Eviction object");
        }

        if (named?.NamespaceProperty is { Length: > 0 } space && space != request.Namespace)
        {
            throw new ApiException(StatusReason.BadRequest, "namespace in URL does not match namespace in Eviction object");
        }
    }

    private static Task RespondDoneAsync(HttpContext context)
    {
        var status = new V1Status
        {
            ApiVersion = "v1",
            Kind = "Status",
            Metadata = new V1ListMeta(),
            Status = "Success",
            Code = StatusCodes.Status201Created,
        };
        return Respond.JsonAsync(context, StatusCodes.Status201Created, ObjectJson.Encode(status), pretty: false);
    }

    private async Task WriteScaleAsync(
        HttpContext context, ResourceRequest request, Query query, ResponseForm form, Func<V1Scale, V1Scale> change)
    {
        var definition = request.Definition;
        var written = await pipeline.UpdateAsync(
            request,
            current => ScaleSubresource.Apply(definition, current, change(ScaleSubresource.Of(definition, current))),
            UpdateStrategy.Object,
            query.WriteOptions(context.Request),
            context.RequestAborted);
        await RespondScaleAsync(context, request, written, form);
    }

    private static Task RespondScaleAsync(
        HttpContext context, ResourceRequest request, StoredObject stored, ResponseForm form)
    {
        var json = ObjectJson.Encode(ScaleSubresource.Of(request.Definition, stored));
        return Respond.JsonAsync(context, StatusCodes.Status200OK, json, form.Pretty);
    }

    private static V1Scale Patched(V1Scale scale, PatchType type, JsonNode? patch)
    {
        var target = JsonNode.Parse(ObjectJson.Encode(scale))!.AsObject();
        var patched = type switch
        {
            PatchType.Json => JsonPatch.Apply(target, patch),
            PatchType.Merge => MergePatch.Apply(target, patch),
            _ => StrategicMergePatch.Apply(
                target,
                patch as JsonObject ?? throw new ApiException(
                    StatusReason.BadRequest, "the patch must be a JSON object"),
                typeof(V1Scale)),
        };
        return patched is JsonObject
            ? JsonText.Decode<V1Scale>(JsonText.Encode(patched))
            : throw new ApiException(StatusReason.BadRequest, "the patch leaves no object: it must keep a JSON object");
    }
}
