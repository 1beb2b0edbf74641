namespace MiniKube.ApiServer;

/// <summary>The ports services may have on every node, numbered.</summary>
internal sealed class ServiceNodePorts(int first, int last)
{
    /// <summary><c>30000-32767</c>.</summary>
    public string Text => $"{first}-{last}";

    public SlotRange Range { get; } = new(last - first + 1, LowerCount(last - first + 1));

    /// <summary>Null for ports outside the range.</summary>
    public int? SlotOf(int port) => port >= first && port <= last ? port - first : null;

    public int PortOf(int slot) => first + slot;

    private static int LowerCount(int count) => count < 16 ? 0 : Math.Clamp(count / 32, 16, 128);
}
