using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>The settings that servers and agents share: what concerns this machine and its node.</summary>
internal sealed class NodeFlags
{
    private static readonly string[] Runtimes = ["auto", "docker", "embedded", "simulated"];

    private readonly DataDirectoryOption _data = new();
    private readonly TextSetting _nodeName = new("node-name", "NAME", "name of this machine's node (its host name)");
    private readonly TextSetting _nodeIp = new("node-ip", "IP", "address of this machine's node");
    private readonly ListSetting _nodeLabel = new("node-label", "KEY=VALUE", "labels of this machine's node");
    private readonly ListSetting _nodeTaint = new("node-taint", "KEY=VALUE:EFFECT", "taints of this machine's node");
    private readonly TextSetting _runtime = new("runtime", "NAME", "auto, docker, embedded or simulated (auto)");
    private readonly TextSetting _docker = new("docker-endpoint", "URL", "where a Docker engine answers (DOCKER_HOST)");
    private readonly TextSetting _podsMax = new("max-pods", "N", "most pods on this machine's node (110)");
    private readonly TextSetting _kubeletPort = new("kubelet-port", "PORT", "port of the node's own HTTPS endpoint (10250)");
    private readonly TextSetting _resolvConf = new("resolv-conf", "FILE", "whom this machine asks for names (/etc/resolv.conf)");
    private readonly TextSetting _serviceProxy = new("service-proxy", "NAME", "who carries Services: auto, nftables, userspace (auto)");
    private readonly TextSetting _logLevel = new("log-level", "LEVEL", "debug, info, warn or error (info)");
    private readonly TextSetting _logFormat = new("log-format", "FORM", "text or json (text)");

    public IReadOnlyList<Setting> All =>
    [
        _data.Setting, _nodeName, _nodeIp, _nodeLabel, _nodeTaint, _runtime, _docker, _podsMax, _kubeletPort, _resolvConf,
        _serviceProxy, _logLevel, _logFormat,
    ];

    /// <param name="sources">Where settings come from.</param>
    /// <param name="terminal">For DOCKER_HOST.</param>
    /// <param name="keptName">The name a data directory's node has already, or null; it wins over the host's.</param>
    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public NodeSettings Read(SettingSources sources, Terminal terminal, Func<string, string?> keptName)
    {
        var directory = _data.Read(sources);
        return new NodeSettings
        {
            DataDirectory = directory,
            NodeName = _nodeName.Read(
                sources, SettingText.NodeName, keptName(directory) ?? Environment.MachineName.ToLowerInvariant()),
            NodeIp = _nodeIp.Read<IPAddress?>(sources, SettingText.Address, null),
            NodeLabels = SettingText.Labels(_nodeLabel.Read(sources)),
            NodeTaints = _nodeTaint.Read(sources),
            Runtime = _runtime.Read(sources, static text => SettingText.OneOf(text, Runtimes), "auto"),
            DockerEndpoint = _docker.Find(sources)?.Value ?? terminal.Variable("DOCKER_HOST"),
            PodsMax = _podsMax.Read(sources, SettingText.Count, 110),
            IsKubeletPortChosen = _kubeletPort.Find(sources) is not null,
            KubeletPort = _kubeletPort.Read(sources, SettingText.Port, 10250),
            ServiceProxy = _serviceProxy.Read(
                sources, static text => SettingText.OneOf(text, [.. ServiceProxyModes.All]), ServiceProxyModes.Auto),
            ResolvConf = _resolvConf.Find(sources)?.Value ?? SystemResolver.DefaultFile,
            LogLevel = _logLevel.Read<LogLevel?>(sources, static text => SettingText.Level(text), null),
            LogJson = _logFormat.Read(sources, static text => SettingText.OneOf(text, "text", "json"), "text") == "json",
        };
    }
}
