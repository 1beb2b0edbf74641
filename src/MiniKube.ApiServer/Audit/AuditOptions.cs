namespace MiniKube.ApiServer;

/// <summary>Where the audit log goes, and what is in it. Names and meaning of kube-apiserver's <c>--audit-*</c> flags.</summary>
public sealed record AuditOptions
{
    /// <summary>A file with an <c>audit.k8s.io/v1</c> Policy.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>The log; <c>-</c> is standard output.</summary>
    public required string LogPath { get; init; }

    /// <summary>The log is renamed when it is longer than this many mebibytes; 0 never. 100, as kube-apiserver's logger.</summary>
    public int SizeMaxMebibytes { get; init; } = 100;

    /// <summary>How many renamed logs are kept; 0 keeps all.</summary>
    public int BackupsMax { get; init; }

    /// <summary>How many days renamed logs are kept; 0 keeps all.</summary>
    public int AgeMaxDays { get; init; }
}
