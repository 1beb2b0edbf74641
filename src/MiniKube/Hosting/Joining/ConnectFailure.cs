using System.Net.Sockets;
using System.Security.Authentication;

namespace MiniKube;

/// <summary>Says in one line why no connection to a server came about, and what to do.</summary>
internal static class ConnectFailure
{
    public static string Describe(Uri server, Exception failure)
    {
        var cause = failure.GetBaseException();
        return cause switch
        {
            SocketException socket => $"cannot reach the server {server.Authority}: {Describe(socket.SocketErrorCode)}",
            AuthenticationException or IOException
                => $"{server.Authority} does not speak HTTPS ({cause.Message}); is it the address of a MiniKube server?",
            _ => $"cannot reach the server {server.Authority}: {cause.Message}",
        };
    }

    public static string TimedOut(Uri server)
        => $"the server {server.Authority} does not answer; is the address right, and does a firewall drop the port?";

    private static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nothing listens there; does 'minikube server' run, and is the port right?",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it; check this machine's network",
        SocketError.TimedOut => "it does not answer; is the address right, and does a firewall drop the port?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name is not known; check it, or give an IP address",
        _ => $"{new SocketException((int)error).Message}",
    };
}
