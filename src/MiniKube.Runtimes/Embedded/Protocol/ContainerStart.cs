namespace MiniKube.Runtimes;

/// <summary>Everything a shim needs to start a container; all decisions are made.</summary>
internal sealed record ContainerStart
{
    /// <summary><c>NAME.ATTEMPT</c>, unique in the sandbox.</summary>
    public required string Key { get; init; }

    /// <summary>Holds <c>upper</c>, <c>work</c>, <c>root</c> (empty), the log and the exit record.</summary>
    public required string Directory { get; init; }

    /// <summary>The directory the layers are in.</summary>
    public required string LayerRoot { get; init; }

    /// <summary>Directories below <see cref="LayerRoot"/>, lowest first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    public required IReadOnlyList<MountStart> Mounts { get; init; }

    /// <summary>Files the first process's number is written into, one per cgroup it belongs to.</summary>
    public required IReadOnlyList<string> CgroupProcsFiles { get; init; }

    /// <summary>Cgroup file systems to show inside, as <c>NAME:TYPE:OPTIONS</c>.</summary>
    public required IReadOnlyList<string> CgroupMounts { get; init; }

    /// <summary>A file with a line <c>oom_kill N</c>; empty when the machine has none.</summary>
    public required string OomCountFile { get; init; }

    public required ProcessStart Process { get; init; }

    public required bool ReadOnlyRoot { get; init; }

    /// <summary>Sees the node's devices and all of /proc and /sys.</summary>
    public required bool Privileged { get; init; }

    public required int OomScoreAdj { get; init; }

    /// <summary>Standard input ends when the first who attached to it leaves.</summary>
    public required bool StdinOnce { get; init; }

    /// <summary>The container of this sandbox whose process namespace it joins; empty for one of its own, or the sandbox's.</summary>
    public required string ProcessesOf { get; init; }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Key);
        writer.Write(Directory);
        writer.Write(LayerRoot);
        writer.WriteStrings(Layers);
        writer.WriteList(Mounts, static (to, mount) => mount.Write(to));
        writer.WriteStrings(CgroupProcsFiles);
        writer.WriteStrings(CgroupMounts);
        writer.Write(OomCountFile);
        Process.Write(writer);
        writer.Write(ReadOnlyRoot);
        writer.Write(Privileged);
        writer.Write(OomScoreAdj);
        writer.Write(StdinOnce);
        writer.Write(ProcessesOf);
    }

    public static ContainerStart Read(BinaryReader reader) => new()
    {
        Key = reader.ReadString(),
        Directory = reader.ReadString(),
        LayerRoot = reader.ReadString(),
        Layers = reader.ReadStrings(),
        Mounts = reader.ReadList(MountStart.Read),
        CgroupProcsFiles = reader.ReadStrings(),
        CgroupMounts = reader.ReadStrings(),
        OomCountFile = reader.ReadString(),
        Process = ProcessStart.Read(reader),
        ReadOnlyRoot = reader.ReadBoolean(),
        Privileged = reader.ReadBoolean(),
        OomScoreAdj = reader.ReadInt32(),
        StdinOnce = reader.ReadBoolean(),
        ProcessesOf = reader.ReadString(),
    };
}

/// <summary>A bind mount.</summary>
internal sealed record MountStart(string Source, string Target, bool ReadOnly, MountPropagation Propagation)
{
    public void Write(BinaryWriter writer)
    {
        writer.Write(Source);
        writer.Write(Target);
        writer.Write(ReadOnly);
        writer.Write((byte)Propagation);
    }

    public static MountStart Read(BinaryReader reader)
        => new(reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), (MountPropagation)reader.ReadByte());
}

/// <summary>Which later mounts below a mount are seen on the other side.</summary>
internal enum MountPropagation : byte
{
    None,
    HostToContainer,
    Bidirectional,
}
