using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>pods/proxy</c>, <c>services/proxy</c> and <c>nodes/proxy</c>: the request goes on to what the path names, bodies flow as they
/// come in both directions, upgrades (WebSocket) become one connection.
/// </summary>
internal sealed class ProxyEndpoint(ApiPipeline pipeline, ProxyTargets targets, ProxyConnections connections, CancellationToken stopping)
{
    private const int ChunkBytes = 32 * 1024;

    public async Task HandleAsync(HttpContext context, ResourceRequest request)
    {
        pipeline.Authorize(request);
        var path = PathOf(context) ?? throw RequestErrors.UnknownResource();
        var target = targets.Find(request);
        var isUpgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
        if (path.Rest.Length == 0 && !isUpgrade && context.Request.Method is "GET" or "HEAD")
        {
            // Relative links of the page behind would lead beside it.
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = $"{path.Prefix}/{path.Query}";
            return;
        }

        SetUnlimited(context.Features);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            using var question = QuestionOf(context, path, target, isUpgrade);
            using var answer = await SendAsync(question, target, end.Token);
            await PassOnAsync(context, answer, path, target, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            context.Abort(); // The client left, or the server stops.
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException && context.Response.HasStarted)
        {
            context.Abort(); // An answer that is cut must not look whole.
        }
    }

    /// <summary>The path as it was sent; null when the request is for no proxy.</summary>
    public static ProxyPath? PathOf(HttpContext context)
        => ProxyPath.Find(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    private static HttpRequestMessage QuestionOf(HttpContext context, ProxyPath path, ProxyTarget target, bool isUpgrade)
    {
        var from = context.Request;
        var place = $"{target.Authority.GetLeftPart(UriPartial.Authority)}{(path.Rest.Length == 0 ? "/" : path.Rest)}{path.Query}";
        var asSent = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        if (!Uri.TryCreate(place, asSent, out var address))
        {
            throw new ApiException(StatusReason.BadRequest, $"{path.Rest}{path.Query} is no path and query");
        }

        var question = new HttpRequestMessage(new HttpMethod(from.Method), address) { Version = HttpVersion.Version11 };
        if (!isUpgrade && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            question.Content = new StreamContent(from.Body, ChunkBytes);
        }

        ProxyHeaders.Copy(from, question, path, keepsHost: !target.IsKubelet); // A node is recognised by its name.
        if (isUpgrade)
        {
            question.Headers.Connection.Add("Upgrade");
            question.Headers.TryAddWithoutValidation("Upgrade", from.Headers.Upgrade.AsEnumerable());
        }

        return question;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage question, ProxyTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.SendAsync(question, target, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.InnerException is ApiException told)
        {
            throw told;
        }
        catch (HttpRequestException failure)
        {
            throw new ApiException(
                StatusReason.ServiceUnavailable, $"error trying to reach service: {failure.GetBaseException().Message}");
        }
    }

    private static async Task PassOnAsync(
        HttpContext context, HttpResponseMessage answer, ProxyPath path, ProxyTarget target, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        ProxyHeaders.Copy(answer, context.Response, path, target.Authority);
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            await JoinAsync(context, answer, cancellationToken);
            return;
        }

        await context.Response.StartAsync(cancellationToken);
        if (context.Request.Method == HttpMethods.Head)
        {
            return;
        }

        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var output = new PromptStream(context.Response);
        await content.CopyToAsync(output, ChunkBytes, cancellationToken);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static async Task JoinAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        context.Response.Headers.Upgrade = answer.Headers.Upgrade.Select(static one => one.ToString()).ToArray();
        await using var here = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        await using var there = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (up, down) = (here.CopyToAsync(there, ChunkBytes, end.Token), there.CopyToAsync(here, ChunkBytes, end.Token));

        // Neither side of an upgraded connection can end its half alone: the first end is that of both.
        await Task.WhenAny(up, down);
        await end.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void SetUnlimited(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } reading)
        {
            reading.MinDataRate = null;
        }

        if (features.Get<IHttpMinResponseDataRateFeature>() is { } writing)
        {
            writing.MinDataRate = null;
        }
    }
}
