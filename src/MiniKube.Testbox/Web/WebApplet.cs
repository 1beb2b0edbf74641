using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

internal sealed class WebApplet(TimeProvider time) : Applet(
    "web",
    "[--port N] [--show NAME,...] [--ready-after SECONDS] [--linger SECONDS]",
    "web server (port 8080); README.md of MiniKube.Testbox lists its pages")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "port", "show", "ready-after", "linger");
        var port = flags.Number("port", 8080);
        using var state = new WebState(time, flags.Seconds("ready-after", 0));
        using var pages = new WebPages(state, time, flags.Text("show", "").Split(',', StringSplitOptions.RemoveEmptyEntries));
        using var listener = new TcpListener(IPAddress.IPv6Any, port);
        listener.Server.DualMode = true;
        listener.Start(backlog: 1024);
        Output.Line($"web: listening on port {port}");
        using var drain = DrainAfter(stopping, state, flags.Seconds("linger", 1));
        await ConnectionLoop.RunAsync(
            listener, (socket, _) => new HttpConnection(socket, pages.AnswerAsync, state.Draining).RunAsync(), state.Draining);
        Output.Line("web: every request is answered, ending");
        return state.ExitCode;
    }

    // For a moment after SIGTERM requests still come in: the news that this pod leaves the Service travels too.
    private static CancellationTokenRegistration DrainAfter(CancellationToken stopping, WebState state, TimeSpan linger)
        => stopping.Register(() =>
        {
            Output.Line($"web: stopping in {linger.TotalSeconds} s");
            state.DrainAfter(linger);
        });
}
