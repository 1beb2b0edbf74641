namespace MiniKube.Runtimes;

/// <summary>A process in a container: its first one, or one executed later.</summary>
internal sealed record ProcessStart
{
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>; HOME and PATH are added when missing.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary><c>USER[:GROUP]</c>, names or numbers, looked up in the container's own files; empty is root.</summary>
    public required string User { get; init; }

    public required IReadOnlyList<uint> SupplementalGroups { get; init; }

    /// <summary>A bit per capability.</summary>
    public required ulong Capabilities { get; init; }

    public required bool NoNewPrivileges { get; init; }

    public required bool Seccomp { get; init; }

    public required bool Stdin { get; init; }

    public required bool Terminal { get; init; }

    public void Write(BinaryWriter writer)
    {
        writer.WriteStrings(Arguments);
        writer.WriteStrings(Environment);
        writer.Write(WorkingDirectory);
        writer.Write(User);
        writer.WriteList(SupplementalGroups, static (to, group) => to.Write(group));
        writer.Write(Capabilities);
        writer.Write(NoNewPrivileges);
        writer.Write(Seccomp);
        writer.Write(Stdin);
        writer.Write(Terminal);
    }

    public static ProcessStart Read(BinaryReader reader) => new()
    {
        Arguments = reader.ReadStrings(),
        Environment = reader.ReadStrings(),
        WorkingDirectory = reader.ReadString(),
        User = reader.ReadString(),
        SupplementalGroups = reader.ReadList(static from => from.ReadUInt32()),
        Capabilities = reader.ReadUInt64(),
        NoNewPrivileges = reader.ReadBoolean(),
        Seccomp = reader.ReadBoolean(),
        Stdin = reader.ReadBoolean(),
        Terminal = reader.ReadBoolean(),
    };
}
