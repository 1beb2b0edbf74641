using System.Net.Sockets;
using System.Text;

namespace MiniKube.Testbox;

internal sealed class GetApplet(TimeProvider time) : Applet(
    "get", "[--timeout SECONDS] URL", "fetches http://HOST[:PORT][/PATH]; fails when the answer is not 2xx or 3xx")
{
    private const string Scheme = "http://";

    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "timeout");
        if (flags.Operands is not [var url])
        {
            throw new UsageException("needs a URL");
        }

        using var deadline = new CancellationTokenSource(flags.Seconds("timeout", 10), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            return await FetchAsync(url.StartsWith(Scheme, StringComparison.Ordinal) ? url[Scheme.Length..] : url, either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new IOException($"no answer from {url} in time");
        }
    }

    private async Task<int> FetchAsync(string url, CancellationToken cancellationToken)
    {
        var slash = url.IndexOf('/');
        var (authority, path) = slash < 0 ? (url, "/") : (url[..slash], url[slash..]);
        var (host, port) = HostNames.SplitAddress(authority, defaultPort: 80);
        using var socket = await new HostNames(time).ConnectAsync(host, port, cancellationToken);
        await using var stream = new NetworkStream(socket);
        // HTTP/1.0: the end of the connection is the end of the answer.
        var request = $"GET {path} HTTP/1.0\r\nHost: {authority}\r\nAccept: */*\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancellationToken);
        return Print(answer.GetBuffer().AsSpan(0, (int)answer.Length));
    }

    private static int Print(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !answer.StartsWith("HTTP/1."u8))
        {
            throw new IOException("the answer is not HTTP");
        }

        var status = Encoding.ASCII.GetString(answer[9..12]);
        Output.Bytes(answer[(end + 4)..]);
        if (status[0] is '2' or '3')
        {
            return 0;
        }

        Output.Error($"get: status {status}");
        return 1;
    }
}
