using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>What a person decided about a machine that runs pods, be it a server or an agent.</summary>
internal record NodeSettings
{
    public required string DataDirectory { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Null takes the address of the default route, or of the first interface that has one.</summary>
    public IPAddress? NodeIp { get; init; }

    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>In kubectl's form: <c>key=value:NoSchedule</c>.</summary>
    public IReadOnlyList<string> NodeTaints { get; init; } = [];

    /// <summary><c>auto</c>, <c>docker</c>, <c>embedded</c> or <c>simulated</c>.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>Null takes DOCKER_HOST, or the usual socket.</summary>
    public string? DockerEndpoint { get; init; }

    /// <summary>110, the kubelet's default.</summary>
    public int PodsMax { get; init; } = 110;

    /// <summary>10250, the kubelet's default.</summary>
    public int KubeletPort { get; init; } = 10250;

    /// <summary>How Services are carried: <c>auto</c>, <c>nftables</c> or <c>userspace</c>.</summary>
    public string ServiceProxy { get; init; } = ServiceProxyModes.Auto;

    /// <summary>The file that names the DNS servers of this machine.</summary>
    public string ResolvConf { get; init; } = SystemResolver.DefaultFile;

    /// <summary>True when a person said it: another one is then no substitute.</summary>
    public bool IsKubeletPortChosen { get; init; }

    /// <summary>Null is what suits the command: information for a server, errors for <c>up</c>.</summary>
    public LogLevel? LogLevel { get; init; }

    public bool LogJson { get; init; }
}
