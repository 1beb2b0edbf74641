using System.Text;

namespace MiniKube.Testbox;

/// <summary>An answer with its whole body.</summary>
internal sealed record HttpResponse(int Status, string Body, string ContentType = "text/plain; charset=utf-8")
{
    private string Reason => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Other",
    };

    public byte[] ToBytes(bool keepAlive)
    {
        var body = Encoding.UTF8.GetBytes(Body);
        var head = $"HTTP/1.1 {Status} {Reason}\r\nContent-Type: {ContentType}\r\nContent-Length: {body.Length}\r\n"
            + $"Connection: {(keepAlive ? "keep-alive" : "close")}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
