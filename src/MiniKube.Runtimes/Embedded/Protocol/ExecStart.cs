namespace MiniKube.Runtimes;

/// <summary>A process to start in a running container, with that container's environment, user and rights.</summary>
internal sealed record ExecStart(string Key, IReadOnlyList<string> Arguments, bool Stdin, bool Terminal)
{
    public void Write(BinaryWriter writer)
    {
        writer.Write(Key);
        writer.WriteStrings(Arguments);
        writer.Write(Stdin);
        writer.Write(Terminal);
    }

    public static ExecStart Read(BinaryReader reader)
        => new(reader.ReadString(), reader.ReadStrings(), reader.ReadBoolean(), reader.ReadBoolean());
}
