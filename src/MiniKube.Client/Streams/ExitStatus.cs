using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>How the end of a command is told on the error channel.</summary>
public static class ExitStatus
{
    private const string NonZero = "NonZeroExitCode";

    /// <summary>The Status of an exit code.</summary>
    public static V1Status Of(int code)
    {
        if (code == 0)
        {
            return new V1Status { Metadata = new V1ListMeta(), Status = "Success" };
        }

        var text = code.ToString(CultureInfo.InvariantCulture);
        return new V1Status
        {
            Metadata = new V1ListMeta(),
            Status = "Failure",
            Reason = NonZero,
            Message = $"command terminated with non-zero exit code: exit status {text}",
            Details = new V1StatusDetails { Causes = [new V1StatusCause { Reason = "ExitCode", Message = text }] },
        };
    }

    /// <summary>The exit code a Status tells.</summary>
    /// <exception cref="ApiException">It tells of a failure instead.</exception>
    public static int CodeOf(V1Status status)
    {
        if (status.Status == "Success")
        {
            return 0;
        }

        var told = status.Details?.Causes?.FirstOrDefault(static cause => cause.Reason == "ExitCode")?.Message;
        return status.Reason == NonZero && int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : throw StatusReader.ToException(status, status.Code ?? 500);
    }
}
