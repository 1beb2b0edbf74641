namespace MiniKube.Runtimes;

/// <summary>A container as its shim knows it. Times are nanoseconds since 1970; <c>Finished</c> is 0 while it runs.</summary>
internal sealed record ContainerState(string Key, int Pid, long Started, long Finished, int ExitCode, bool OomKilled)
{
    public void Write(BinaryWriter writer)
    {
        writer.Write(Key);
        writer.Write(Pid);
        writer.Write(Started);
        writer.Write(Finished);
        writer.Write(ExitCode);
        writer.Write(OomKilled);
    }

    public static ContainerState Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadBoolean());
}
