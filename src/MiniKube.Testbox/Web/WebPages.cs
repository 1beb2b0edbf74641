using System.Net;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>The pages of the web server, by path.</summary>
internal sealed class WebPages : IDisposable
{
    // The whole answer is made in memory.
    private const int BytesMax = 16 * 1024 * 1024;

    private readonly WebState _state;
    private readonly TimeProvider _time;
    private readonly string[] _shown;
    private readonly KeyValueClient? _database;

    public WebPages(WebState state, TimeProvider time, string[] shown)
    {
        (_state, _time, _shown) = (state, time, shown);
        var address = Environment.GetEnvironmentVariable("DATABASE_ADDRESS");
        _database = string.IsNullOrEmpty(address) ? null : new KeyValueClient(address, new HostNames(time), time);
    }

    public async Task<HttpResponse> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var response = request.Path switch
        {
            "/" => await FrontPageAsync(request, cancellationToken),
            "/healthz" => Probe(_state.Healthy),
            "/readyz" => Probe(_state.Ready),
            "/switch" => Switch(request.Query),
            "/hostname" => new HttpResponse(200, PodName() + "\n"),
            "/env" => Lines(EnvironmentLines()),
            "/client" => new HttpResponse(200, request.Client + "\n"),
            "/bytes" => Bytes(request.Query),
            "/headers" => Lines(request.Headers.Select(static header => $"{header.Name}: {header.Value}")),
            "/slow" => await SlowAsync(request.Query, cancellationToken),
            "/exit" => Exit(request.Query),
            _ => new HttpResponse(404, $"no page {request.Path}\n"),
        };
        if (request.Path is not ("/healthz" or "/readyz"))
        {
            Output.Line($"{request.Method} {request.Path} {response.Status}");
        }

        return response;
    }

    public void Dispose() => _database?.Dispose();

    private async Task<HttpResponse> FrontPageAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var rows = new List<(string Name, string Value)>
        {
            ("pod", PodName()),
            ("node", Variable("NODE_NAME")),
            ("address", Variable("POD_IP")),
            ("database", Variable("DATABASE_ADDRESS")),
            ("user", Variable("DATABASE_USER")),
            ("password", new string('*', Variable("DATABASE_PASSWORD").Length)),
        };
        rows.AddRange(_shown.Select(static name => (name, Variable(name))));
        rows.RemoveAll(static row => row.Value.Length == 0);
        var (status, counter) = await CountAsync(cancellationToken);
        if (counter is not null)
        {
            rows.Add(("counter", counter));
        }

        return request.WantsHtml
            ? new HttpResponse(status, Html(rows), "text/html; charset=utf-8")
            : Lines(rows.Select(static row => $"{row.Name}: {row.Value}")) with { Status = status };
    }

    private async Task<(int Status, string? Counter)> CountAsync(CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            return (200, null);
        }

        try
        {
            return (200, await _database.AskAsync("INCR visits", cancellationToken));
        }
        catch (IOException failure)
        {
            return (503, failure.Message);
        }
    }

    private HttpResponse Switch(Dictionary<string, string> query)
    {
        foreach (var (probe, value) in query)
        {
            if (value is not ("ok" or "fail") || probe is not ("healthz" or "readyz"))
            {
                return new HttpResponse(400, "use /switch?healthz=ok|fail&readyz=ok|fail\n");
            }

            _state.Healthy = probe == "healthz" ? value == "ok" : _state.Healthy;
            _state.Willing = probe == "readyz" ? value == "ok" : _state.Willing;
        }

        return new HttpResponse(200, $"healthz {_state.Healthy} readyz {_state.Willing}\n");
    }

    private async Task<HttpResponse> SlowAsync(Dictionary<string, string> query, CancellationToken cancellationToken)
    {
        if (!int.TryParse(query.GetValueOrDefault("ms", "1000"), out var milliseconds) || milliseconds is < 0 or > 60_000)
        {
            return new HttpResponse(400, "use /slow?ms=N, at most 60000\n");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _time, cancellationToken);
        return new HttpResponse(200, $"waited {milliseconds} ms\n");
    }

    private static HttpResponse Bytes(Dictionary<string, string> query)
        => int.TryParse(query.GetValueOrDefault("count", "1024"), out var count) && count is >= 0 and <= BytesMax
            ? new HttpResponse(200, new string('x', count))
            : new HttpResponse(400, $"use /bytes?count=N, at most {BytesMax}\n");

    private HttpResponse Exit(Dictionary<string, string> query)
    {
        if (!byte.TryParse(query.GetValueOrDefault("code", "0"), out var code))
        {
            return new HttpResponse(400, "use /exit?code=N, 0 to 255\n");
        }

        _state.Exit(code);
        return new HttpResponse(200, $"exiting with {code}\n");
    }

    private static HttpResponse Probe(bool good) => good ? new HttpResponse(200, "ok\n") : new HttpResponse(503, "fail\n");

    private static HttpResponse Lines(IEnumerable<string> lines) => new(200, string.Concat(lines.Select(static line => line + "\n")));

    private static string PodName()
        => Variable("POD_NAME") is { Length: > 0 } name ? name : File.ReadAllText("/proc/sys/kernel/hostname").Trim();

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";

    // What is read at /env is for everyone who reaches the port: no passwords.
    private static IEnumerable<string> EnvironmentLines()
        => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(static variable => (Name: (string)variable.Key, Value: (string?)variable.Value))
            .OrderBy(static variable => variable.Name, StringComparer.Ordinal)
            .Select(static variable => variable.Name.Contains("PASSWORD", StringComparison.Ordinal)
                ? $"{variable.Name}=***"
                : $"{variable.Name}={variable.Value}");

    private static string Html(List<(string Name, string Value)> rows)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>testbox</title>");
        page.Append("<style>body{font:18px system-ui;margin:3em auto;max-width:34em}th{text-align:left;padding-right:2em}</style>");
        page.Append("<h1>Hello from ").Append(WebUtility.HtmlEncode(rows[0].Value)).Append("</h1><table>");
        foreach (var (name, value) in rows)
        {
            page.Append("<tr><th>").Append(WebUtility.HtmlEncode(name)).Append("<td>").Append(WebUtility.HtmlEncode(value));
        }

        return page.Append("</table></html>\n").ToString();
    }
}
