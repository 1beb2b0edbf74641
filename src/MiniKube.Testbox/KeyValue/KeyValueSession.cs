using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>
/// One client. A request is a line (<c>AUTH user password</c>, <c>PING</c>, <c>GET key</c>, <c>SET key value</c>, <c>INCR key</c>),
/// and so is the answer: <c>OK</c>, <c>PONG</c>, <c>VALUE text</c>, <c>NONE</c> or <c>ERROR reason</c>.
/// </summary>
internal sealed class KeyValueSession(KeyValueTable table, Login? login)
{
    private bool _trusted = login is null;

    public async Task RunAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        while (await reader.ReadLineAsync(stopping) is { } request)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(request) + "\n"), stopping);
        }
    }

    private string Answer(string request)
    {
        var words = request.Split(' ', 3);
        if (words is ["AUTH", var user, var password])
        {
            _trusted = login is null || (login.User == user && login.Password == password);
            return _trusted ? "OK" : "ERROR wrong user or password";
        }

        if (!_trusted)
        {
            return "ERROR authenticate first: AUTH user password";
        }

        return words switch
        {
            ["PING"] => "PONG",
            ["GET", var key] => table.Find(key) is { } value ? $"VALUE {value}" : "NONE",
            ["SET", var key, var value] => Set(key, value),
            ["INCR", var key] => table.Increment(key) is { } number
                ? string.Create(CultureInfo.InvariantCulture, $"VALUE {number}")
                : "ERROR the value is not a number",
            _ => "ERROR unknown request; known: AUTH, PING, GET, SET, INCR",
        };
    }

    private string Set(string key, string value)
    {
        table.Set(key, value);
        return "OK";
    }
}
