using System.Globalization;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>How the end of a command is told on the error channel.</summary>
internal static class ExitStatus
{
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
            Reason = "NonZeroExitCode",
            Message = $"command terminated with non-zero exit code: exit status {text}",
            Details = new V1StatusDetails { Causes = [new V1StatusCause { Reason = "ExitCode", Message = text }] },
        };
    }
}
