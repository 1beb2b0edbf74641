using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

internal sealed class KeyValueApplet() : Applet(
    "kv",
    "[--port N] [--data FILE]",
    "key-value server (port 6379); with KV_USER and KV_PASSWORD set, clients must AUTH first")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "port", "data");
        var port = flags.Number("port", 6379);
        var data = flags.Text("data", "");
        using var table = new KeyValueTable(data.Length > 0 ? data : null);
        var login = Login.FromEnvironment("KV");
        using var listener = new TcpListener(IPAddress.IPv6Any, port);
        listener.Server.DualMode = true;
        listener.Start();
        Output.Line($"kv: listening on port {port}, {(login is null ? "no password" : $"user {login.User}")}");
        await ConnectionLoop.RunAsync(
            listener, (socket, stop) => new KeyValueSession(table, login).RunAsync(socket, stop), stopping);
        return 0;
    }
}
