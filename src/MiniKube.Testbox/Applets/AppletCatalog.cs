namespace MiniKube.Testbox;

/// <summary>Every applet, in the order the help shows them. The image has a link in /bin for each.</summary>
internal sealed class AppletCatalog(TimeProvider time)
{
    public Applet[] All { get; } =
    [
        new WebApplet(time),
        new KeyValueApplet(),
        new KeyValueClientApplet("kvget", "KEY", "prints a value of the key-value server", "GET"),
        new KeyValueClientApplet("kvset", "KEY VALUE", "sets a value in the key-value server", "SET"),
        new KeyValueClientApplet("kvincr", "KEY", "counts a value of the key-value server up by one", "INCR"),
        new ShellApplet(),
        new SleepApplet(time),
        new LogApplet(time),
        new StressApplet(),
        new DnsApplet(time),
        new GetApplet(time),
        new TcpApplet(time),
        new UdpEchoApplet(),
        new SimpleApplet("echo", "[-n] [WORD...]", "prints its arguments", BasicApplets.Echo),
        new SimpleApplet("cat", "[FILE...]", "prints files, or what it reads", FileApplets.Cat),
        new SimpleApplet("ls", "[-l] [PATH...]", "lists directories", FileApplets.List),
        new SimpleApplet("mkdir", "PATH...", "makes directories", FileApplets.MakeDirectory),
        new SimpleApplet("rm", "[-r] PATH...", "removes files", FileApplets.Remove),
        new SimpleApplet("touch", "FILE...", "makes empty files", FileApplets.Touch),
        new TarApplet(),
        new SimpleApplet("test", "-e|-f|-d PATH", "succeeds when there is such a path, file or directory", FileApplets.Test),
        new SimpleApplet("env", "", "prints the environment", BasicApplets.Environment),
        new SimpleApplet("ps", "", "lists the processes it can see", ProcessApplets.List),
        new SimpleApplet("kill", "[-SIGNAL] PID", "sends a signal", ProcessApplets.Kill),
        new SimpleApplet("id", "", "prints user, groups, capabilities and filters of its process", ProcessApplets.Identity),
        new SimpleApplet("hostname", "", "prints the host name", BasicApplets.Hostname),
        new SimpleApplet("pwd", "", "prints the working directory", BasicApplets.WorkingDirectory),
        new SimpleApplet("tty", "", "prints the terminal's size, or 'not a tty'", ProcessApplets.Terminal),
        new SimpleApplet("true", "", "succeeds", static _ => 0),
        new SimpleApplet("false", "", "fails", static _ => 1),
        new SimpleApplet("exit", "CODE", "ends with the code", BasicApplets.Exit),
    ];

    public Applet? Find(string name) => Array.Find(All, applet => applet.Name == name);
}
