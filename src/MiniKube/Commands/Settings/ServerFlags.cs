using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>The settings of <c>up</c> and <c>server</c>: every one a flag, a variable and a key of the file.</summary>
internal sealed class ServerFlags
{
    private static readonly string[] Runtimes = ["auto", "docker", "embedded", "simulated"];

    private readonly Option<string?> _config = new("--config")
    {
        Description = $"YAML file of settings; {ConfigFile.DefaultPath} when it exists",
        HelpName = "FILE",
    };

    private readonly DataDirectoryOption _data = new();
    private readonly TextSetting _bindAddress = new("bind-address", "IP", "where HTTPS listens (0.0.0.0)");
    private readonly TextSetting _httpsPort = new("https-port", "PORT", "port of the Kubernetes API (6443)");
    private readonly TextSetting _advertise = new("advertise-address", "IP", "address others reach this server at");
    private readonly ListSetting _tlsSan = new("tls-san", "NAME", "more names or addresses for the server's certificate");
    private readonly TextSetting _token = new("token", "TOKEN", "the admin's bearer token (made at first start)");
    private readonly TextSetting _tokenFile = new("token-file", "FILE", "a file that holds the token");
    private readonly TextSetting _nodeName = new("node-name", "NAME", "name of this machine's node (its host name)");
    private readonly TextSetting _nodeIp = new("node-ip", "IP", "address of this machine's node");
    private readonly ListSetting _nodeLabel = new("node-label", "KEY=VALUE", "labels of this machine's node");
    private readonly ListSetting _nodeTaint = new("node-taint", "KEY=VALUE:EFFECT", "taints of this machine's node");
    private readonly TextSetting _runtime = new("runtime", "NAME", "auto, docker, embedded or simulated (auto)");
    private readonly TextSetting _docker = new("docker-endpoint", "URL", "where a Docker engine answers (DOCKER_HOST)");
    private readonly TextSetting _clusterCidr = new("cluster-cidr", "CIDR", "addresses of pods (10.42.0.0/16 if free)");
    private readonly TextSetting _serviceCidr = new("service-cidr", "CIDR", "addresses of Services (10.43.0.0/16 if free)");
    private readonly TextSetting _clusterDns = new("cluster-dns", "IP", "DNS server of pods (the tenth address of Services)");
    private readonly TextSetting _clusterDomain = new("cluster-domain", "NAME", "suffix of names in the cluster (cluster.local)");
    private readonly TextSetting _nodePorts = new("node-port-range", "A-B", "ports of NodePort Services (30000-32767)");
    private readonly TextSetting _kubeconfig = new("write-kubeconfig", "FILE", "where the admin's kubeconfig goes (DATA/admin.kubeconfig)");
    private readonly ListSetting _disable = new("disable", "LIST", $"parts to leave out: {string.Join(", ", OptionalPart.All)}");
    private readonly SwitchSetting _disableAgent = new("disable-agent", "control plane only: no node on this machine");
    private readonly TextSetting _podsMax = new("max-pods", "N", "most pods on this machine's node (110)");
    private readonly TextSetting _logLevel = new("log-level", "LEVEL", "debug, info, warn or error (info)");
    private readonly TextSetting _logFormat = new("log-format", "FORM", "text or json (text)");

    private IReadOnlyList<Setting> All =>
    [
        _data.Setting, _bindAddress, _httpsPort, _advertise, _tlsSan, _token, _tokenFile, _nodeName, _nodeIp, _nodeLabel,
        _nodeTaint, _runtime, _docker, _clusterCidr, _serviceCidr, _clusterDns, _clusterDomain, _nodePorts, _kubeconfig,
        _disable, _disableAgent, _podsMax, _logLevel, _logFormat,
    ];

    public void AddTo(Command command)
    {
        command.Add(_config);
        foreach (var setting in All)
        {
            command.Add(setting.Option);
        }
    }

    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public ServerSettings Read(ParseResult parsed, Terminal terminal)
    {
        var sources = new SettingSources(parsed, terminal.Variable, FileOf(parsed, terminal));
        return new ServerSettings
        {
            DataDirectory = _data.Read(sources),
            BindAddress = _bindAddress.Read(sources, SettingText.Address, IPAddress.Any),
            HttpsPort = _httpsPort.Read(sources, SettingText.Port, 6443),
            AdvertiseAddress = _advertise.Read<IPAddress?>(sources, SettingText.Address, null),
            TlsSans = _tlsSan.Read(sources),
            Token = ReadToken(sources),
            NodeName = _nodeName.Read(sources, SettingText.NodeName, Environment.MachineName.ToLowerInvariant()),
            NodeIp = _nodeIp.Read<IPAddress?>(sources, SettingText.Address, null),
            NodeLabels = SettingText.Labels(_nodeLabel.Read(sources)),
            NodeTaints = _nodeTaint.Read(sources),
            Runtime = _runtime.Read(sources, static text => SettingText.OneOf(text, Runtimes), "auto"),
            DockerEndpoint = _docker.Find(sources)?.Value ?? terminal.Variable("DOCKER_HOST"),
            ClusterCidr = _clusterCidr.Read<IPNetwork?>(sources, static text => SettingText.Network(text), null),
            ServiceCidr = _serviceCidr.Read<IPNetwork?>(sources, static text => SettingText.Network(text), null),
            ClusterDns = _clusterDns.Read<IPAddress?>(sources, SettingText.Address, null),
            ClusterDomain = _clusterDomain.Find(sources)?.Value ?? "cluster.local",
            NodePorts = _nodePorts.Read(sources, SettingText.Ports, new PortRange(30000, 32767)),
            KubeconfigFile = _kubeconfig.Find(sources)?.Value,
            Disabled = OptionalPart.Parse(_disable.Read(sources)),
            DisableAgent = _disableAgent.Read(sources),
            PodsMax = _podsMax.Read(sources, SettingText.Count, 110),
            LogLevel = _logLevel.Read<LogLevel?>(sources, static text => SettingText.Level(text), null),
            LogJson = _logFormat.Read(sources, static text => SettingText.OneOf(text, "text", "json"), "text") == "json",
        };
    }

    private ConfigFile FileOf(ParseResult parsed, Terminal terminal)
    {
        var named = parsed.GetValue(_config) ?? terminal.Variable("MINIKUBE_CONFIG");
        if (named is null && !File.Exists(ConfigFile.DefaultPath))
        {
            return ConfigFile.Empty;
        }

        return ConfigFile.Read(named ?? ConfigFile.DefaultPath, [.. All.Select(static setting => setting.Name)]);
    }

    private string? ReadToken(SettingSources sources)
    {
        if (_token.Find(sources) is { } token)
        {
            return token.Value;
        }

        return _tokenFile.Find(sources) is { } file ? File.ReadAllText(file.Value).Trim() : null;
    }
}
