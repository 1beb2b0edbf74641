using Microsoft.AspNetCore.Http;

namespace MiniKube.ApiServer;

/// <summary>
/// Warnings of admission rules on their way into an answer's headers: each once, however often the rules were asked. One request's;
/// not thread-safe.
/// </summary>
internal sealed class ResponseWarnings(HttpResponse response)
{
    private HashSet<string>? _seen;

    public void Add(string warning)
    {
        _seen ??= new HashSet<string>(StringComparer.Ordinal);
        if (_seen.Add(warning))
        {
            Respond.Warn(response, [warning]);
        }
    }
}
