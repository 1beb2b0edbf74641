namespace MiniKube.Runtimes;

/// <summary>How far a log is written: how often it was rotated, the length of the present file, and whether more can come.</summary>
internal readonly record struct LogState(int Rotations, long Length, bool Ended)
{
    public void Write(BinaryWriter writer)
    {
        writer.Write(Rotations);
        writer.Write(Length);
        writer.Write(Ended);
    }

    public static LogState Read(BinaryReader reader) => new(reader.ReadInt32(), reader.ReadInt64(), reader.ReadBoolean());
}
