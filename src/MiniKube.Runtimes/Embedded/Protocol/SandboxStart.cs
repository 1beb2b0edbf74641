namespace MiniKube.Runtimes;

/// <summary>What a shim is told on its standard input before it does anything.</summary>
internal sealed record SandboxStart
{
    /// <summary>The sandbox's directory: the shim's working directory, with its socket in it.</summary>
    public required string Directory { get; init; }

    public required string Hostname { get; init; }

    public required bool HostNetwork { get; init; }

    public required bool HostPid { get; init; }

    public required bool HostIpc { get; init; }

    public required bool ShareProcessNamespace { get; init; }

    /// <summary><c>net.ipv4.x=y</c> lines.</summary>
    public required IReadOnlyList<string> Sysctls { get; init; }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Directory);
        writer.Write(Hostname);
        writer.Write(HostNetwork);
        writer.Write(HostPid);
        writer.Write(HostIpc);
        writer.Write(ShareProcessNamespace);
        writer.WriteStrings(Sysctls);
    }

    public static SandboxStart Read(BinaryReader reader) => new()
    {
        Directory = reader.ReadString(),
        Hostname = reader.ReadString(),
        HostNetwork = reader.ReadBoolean(),
        HostPid = reader.ReadBoolean(),
        HostIpc = reader.ReadBoolean(),
        ShareProcessNamespace = reader.ReadBoolean(),
        Sysctls = reader.ReadStrings(),
    };
}
