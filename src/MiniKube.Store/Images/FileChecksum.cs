namespace MiniKube.Store;

/// <summary>The CRC-32C of a whole file.</summary>
internal static class FileChecksum
{
    private const int BufferBytes = 1024 * 1024;

    public static uint Of(IDiskFile file)
    {
        var buffer = new byte[BufferBytes];
        var checksum = 0u;
        for (long offset = 0; file.Read(buffer, offset) is var read and > 0; offset += read)
        {
            checksum = Crc32C.Of(buffer.AsSpan(0, read), checksum);
        }

        return checksum;
    }
}
