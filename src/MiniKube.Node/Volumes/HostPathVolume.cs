using k8s.Models;

namespace MiniKube.Node;

/// <summary>A path of the node, checked or made as its type says. https://kubernetes.io/docs/concepts/storage/volumes/#hostpath</summary>
internal static class HostPathVolume
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode FileMode = (UnixFileMode)0x1A4; // 0644

    /// <exception cref="ContainerConfigException">What is there is not what the type asks for.</exception>
    public static void Prepare(V1HostPathVolumeSource source)
    {
        switch (source.Type)
        {
            case null or "":
                break;
            case "DirectoryOrCreate":
                Directory.CreateDirectory(source.Path, DirectoryMode);
                break;
            case "FileOrCreate" when !File.Exists(source.Path):
                CreateFile(source.Path);
                break;
        }

        if (!IsAsAsked(source))
        {
            throw new ContainerConfigException($"hostPath type check failed: {source.Path} is not a {Describe(source.Type)}");
        }
    }

    private static bool IsAsAsked(V1HostPathVolumeSource source) => source.Type switch
    {
        "Directory" or "DirectoryOrCreate" => Directory.Exists(source.Path),
        "File" or "FileOrCreate" => File.Exists(source.Path),
        "Socket" or "CharDevice" or "BlockDevice" => Path.Exists(source.Path) && !Directory.Exists(source.Path),
        _ => true,
    };

    private static void CreateFile(string path)
    {
        using var file = File.Create(path);
        File.SetUnixFileMode(path, FileMode);
    }

    private static string Describe(string? type) => type switch
    {
        "Directory" or "DirectoryOrCreate" => "directory",
        "File" or "FileOrCreate" => "file",
        "Socket" => "socket file",
        "CharDevice" => "character device",
        _ => "block device",
    };
}
