using System.CommandLine;
using System.Net;
using MiniKube.ApiServer;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>The settings of <c>up</c> and <c>server</c>: every one a flag, a variable and a key of the file.</summary>
internal sealed class ServerFlags
{
    private readonly ConfigOption _config = new();
    private readonly NodeFlags _node = new();
    private readonly TextSetting _bindAddress = new("bind-address", "IP", "where HTTPS listens (0.0.0.0)");
    private readonly TextSetting _httpsPort = new("https-port", "PORT", "port of the Kubernetes API (6443)");
    private readonly TextSetting _advertise = new("advertise-address", "IP", "address others reach this server at");
    private readonly ListSetting _tlsSan = new("tls-san", "NAME", "more names or addresses for the server's certificate");
    private readonly TokenSetting _token = new("the admin's bearer token (made at first start)");
    private readonly TextSetting _clusterCidr = new("cluster-cidr", "CIDR", "addresses of pods (10.42.0.0/16 if free)");
    private readonly TextSetting _serviceCidr = new("service-cidr", "CIDR", "addresses of Services (10.43.0.0/16 if free)");
    private readonly TextSetting _clusterDns = new("cluster-dns", "IP", "DNS server of pods (the tenth address of Services)");
    private readonly TextSetting _clusterDomain = new("cluster-domain", "NAME", "suffix of names in the cluster (cluster.local)");
    private readonly TextSetting _backend = new("network-backend", "NAME", "way between nodes: vxlan, host-gw or none (vxlan)");
    private readonly TextSetting _vxlanId = new("vxlan-id", "N", "id of the cluster's VXLAN packets (1 if free)");
    private readonly TextSetting _vxlanPort = new("vxlan-port", "PORT", "UDP port of the cluster's VXLAN packets (8472)");
    private readonly TextSetting _nodePorts = new("node-port-range", "A-B", "ports of NodePort Services (30000-32767)");
    private readonly TextSetting _kubeconfig = new("write-kubeconfig", "FILE", "where the admin's kubeconfig goes (DATA/admin.kubeconfig)");
    private readonly ListSetting _disable = new("disable", "LIST", $"parts to leave out: {string.Join(", ", OptionalPart.All)}");
    private readonly SwitchSetting _disableAgent = new("disable-agent", "control plane only: no node on this machine");
    private readonly LostNodeFlags _lostNodes = new();
    private readonly SnapshotFlags _snapshots = new();
    private readonly AuditFlags _audit = new();
    private readonly LimitFlags _limits = new();

    private IReadOnlyList<Setting> All =>
    [
        .. _node.All, _bindAddress, _httpsPort, _advertise, _tlsSan, .. _token.All, _clusterCidr, _serviceCidr, _clusterDns,
        _clusterDomain, _backend, _vxlanId, _vxlanPort, _nodePorts, _kubeconfig, _disable, _disableAgent,
        .. _lostNodes.All, .. _snapshots.All, .. _audit.All, .. _limits.All,
    ];

    public void AddTo(Command command)
    {
        command.Add(_config.Option);
        foreach (var setting in All)
        {
            command.Add(setting.Option);
        }
    }

    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public ServerSettings Read(ParseResult parsed, Terminal terminal)
    {
        var sources = _config.Read(parsed, terminal, All);
        return new ServerSettings(_node.Read(sources, terminal, static _ => null))
        {
            BindAddress = _bindAddress.Read(sources, SettingText.Address, IPAddress.Any),
            HttpsPort = _httpsPort.Read(sources, SettingText.Port, 6443),
            AdvertiseAddress = _advertise.Read<IPAddress?>(sources, SettingText.Address, null),
            TlsSans = _tlsSan.Read(sources),
            Token = _token.Read(sources),
            ClusterCidr = _clusterCidr.Read<IPNetwork?>(sources, static text => SettingText.Network(text), null),
            ServiceCidr = _serviceCidr.Read<IPNetwork?>(sources, static text => SettingText.Network(text), null),
            ClusterDns = _clusterDns.Read<IPAddress?>(sources, SettingText.Address, null),
            ClusterDomain = _clusterDomain.Find(sources)?.Value ?? "cluster.local",
            NetworkBackend = _backend.Read<string?>(
                sources, static text => SettingText.OneOf(text, [.. NetworkBackendNames.All]), null),
            VxlanId = _vxlanId.Read<int?>(sources, static text => SettingText.VxlanId(text), null),
            VxlanPort = _vxlanPort.Read<int?>(sources, static text => SettingText.Port(text), null),
            NodePorts = _nodePorts.Read(sources, SettingText.Ports, new PortRange(30000, 32767)),
            KubeconfigFile = _kubeconfig.Find(sources)?.Value,
            Disabled = OptionalPart.Parse(_disable.Read(sources)),
            LostNodes = _lostNodes.Read(sources),
            DisableAgent = _disableAgent.Read(sources),
            Audit = _audit.Read(sources),
            Limits = _limits.Read(sources),
            SnapshotSchedule = _snapshots.ReadSchedule(sources),
            SnapshotRetention = _snapshots.ReadRetention(sources),
            SnapshotDirectory = _snapshots.ReadDirectory(sources),
            SnapshotPassphraseFile = _snapshots.ReadPassphraseFile(sources),
        };
    }
}
