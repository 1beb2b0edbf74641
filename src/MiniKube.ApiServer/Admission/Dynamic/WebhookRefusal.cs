using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A webhook refused the request: with whatever code and reason it chose, and Kubernetes' words before its own.</summary>
internal sealed class WebhookRefusal : ApiException
{
    private readonly V1Status _status;

    private WebhookRefusal(StatusReason reason, V1Status status)
        : base(reason, status.Message) => _status = status;

    public override int Code => _status.Code ?? 400;

    public override V1Status ToStatus() => _status;

    public static WebhookRefusal Of(string webhook, JsonObject? result)
    {
        var status = Read(result);
        var denied = $"admission webhook \"{webhook}\" denied the request";
        status.ApiVersion = "v1";
        status.Kind = "Status";
        status.Metadata = new V1ListMeta();
        status.Message = !string.IsNullOrEmpty(status.Message) ? $"{denied}: {status.Message}"
            : !string.IsNullOrEmpty(status.Reason) ? $"{denied}: {status.Reason}"
            : $"{denied} without explanation";

        // A refusal is never told as a success.
        status.Status = "Failure";
        status.Code = status.Code is >= 400 and <= 599 ? status.Code : 400;
        return new WebhookRefusal(ReasonOf(status), status);
    }

    private static V1Status Read(JsonObject? result)
    {
        try
        {
            return result is null ? new V1Status() : ObjectJson.Decode<V1Status>(JsonText.Encode(result));
        }
        catch (JsonException)
        {
            return new V1Status { Message = JsonKinds.TextOf(result!["message"]) };
        }
    }

    private static StatusReason ReasonOf(V1Status status)
        => Enum.TryParse<StatusReason>(status.Reason, out var reason) && Enum.IsDefined(reason) ? reason : status.Code switch
        {
            403 => StatusReason.Forbidden,
            404 => StatusReason.NotFound,
            409 => StatusReason.Conflict,
            422 => StatusReason.Invalid,
            429 => StatusReason.TooManyRequests,
            503 => StatusReason.ServiceUnavailable,
            _ => StatusReason.BadRequest,
        };
}
