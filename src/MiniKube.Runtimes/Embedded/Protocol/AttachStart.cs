namespace MiniKube.Runtimes;

/// <summary>Which streams of a running container to connect.</summary>
internal sealed record AttachStart(string Key, bool Stdin, bool Stdout, bool Stderr)
{
    public void Write(BinaryWriter writer)
    {
        writer.Write(Key);
        writer.Write(Stdin);
        writer.Write(Stdout);
        writer.Write(Stderr);
    }

    public static AttachStart Read(BinaryReader reader)
        => new(reader.ReadString(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean());
}
