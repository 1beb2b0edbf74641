namespace MiniKube.Node;

/// <summary>Where a pod's files are on the node: <c>DATA/pods/UID/...</c>. Only paths; nothing is made here.</summary>
internal sealed record PodDirectory(string DataDirectory, string Uid)
{
    /// <summary>The uids of the pods that have a directory.</summary>
    public static IReadOnlyList<string> UidsIn(string dataDirectory)
    {
        var all = Path.Combine(dataDirectory, "pods");
        return Directory.Exists(all) ? [.. Directory.EnumerateDirectories(all).Select(path => Path.GetFileName(path))] : [];
    }

    public string Root => Path.Combine(DataDirectory, "pods", Uid);

    public string Volumes => Path.Combine(Root, "volumes");

    public string EtcHosts => Path.Combine(Root, "etc-hosts");

    public string Hostname => Path.Combine(Root, "hostname");

    public string ResolvConf => Path.Combine(Root, "resolv.conf");

    public string Logs => Path.Combine(Root, "logs");

    public string Log(string container) => Path.Combine(Logs, $"{container}.log");

    public string Volume(string name) => Path.Combine(Volumes, name);

    /// <summary>The file a container writes its last words to.</summary>
    public string TerminationMessage(string container, int attempt) => Path.Combine(Root, "termination", $"{container}-{attempt}");
}
