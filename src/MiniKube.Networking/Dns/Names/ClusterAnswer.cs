using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>What the cluster says to one question, before it is put into bytes.</summary>
internal sealed class ClusterAnswer
{
    public DnsStatus Status { get; set; } = DnsStatus.NoError;

    public List<ResourceRecord> Answers { get; } = [];

    public List<ResourceRecord> Authorities { get; } = [];

    public List<ResourceRecord> Additionals { get; } = [];

    /// <summary>A name outside the cluster that the rest of the answer is to be asked for; null when this is all.</summary>
    public string? ContinuesAt { get; set; }
}
