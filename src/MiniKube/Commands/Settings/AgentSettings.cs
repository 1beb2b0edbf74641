using System.Diagnostics.CodeAnalysis;

namespace MiniKube;

/// <summary>Everything a person decided about a joined machine.</summary>
internal sealed record AgentSettings : NodeSettings
{
    public AgentSettings()
    {
    }

    [SetsRequiredMembers]
    public AgentSettings(NodeSettings node)
        : base(node)
    {
    }

    /// <summary>Servers to join; empty when they are known from an earlier start.</summary>
    public IReadOnlyList<Uri> Servers { get; init; } = [];

    /// <summary>What lets this machine in, as it was typed; null when it has joined before. Secret.</summary>
    public string? Token { get; init; }
}
