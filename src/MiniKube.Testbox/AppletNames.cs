namespace MiniKube.Testbox;

/// <summary>The links the bundled image has in /bin: every applet but <c>exit</c>, which only a shell could mean.</summary>
internal static class AppletNames
{
    public static readonly string[] Links =
    [
        "cat", "dns", "echo", "env", "false", "get", "hostname", "id", "kill", "kv", "kvget", "kvincr", "kvset", "log", "ls", "mkdir",
        "ps", "pwd", "rm", "sh", "sleep", "stress", "tar", "tcp", "test", "touch", "true", "tty",
        "udp-echo", "web",
    ];
}
