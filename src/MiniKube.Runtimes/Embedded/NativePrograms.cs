using System.IO.Compression;

namespace MiniKube.Runtimes;

/// <summary>The static programs that ride inside this assembly. A build on another system than Linux has none.</summary>
internal static class NativePrograms
{
    public const string Shim = "minikube-shim";
    public const string Testbox = "testbox";

    private const string Resource = "native.zip";

    public static bool Available => typeof(NativePrograms).Assembly.GetManifestResourceInfo(Resource) is not null;

    /// <summary>The bytes of a program.</summary>
    /// <exception cref="RuntimeException">This build has none.</exception>
    public static byte[] Read(string name)
    {
        using var resource = typeof(NativePrograms).Assembly.GetManifestResourceStream(Resource)
            ?? throw new RuntimeException(RuntimeError.NotSupported, $"this build carries no {name}; build it on Linux");
        using var archive = new ZipArchive(resource, ZipArchiveMode.Read);
        var entry = archive.GetEntry(name) ?? throw new InvalidOperationException($"{Resource} has no {name}");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
