using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>The images that need no registry: they ride inside the executable.</summary>
public static class BundledImages
{
    /// <summary>The image of samples and tests; <c>src/MiniKube.Testbox/README.md</c> says what it can do.</summary>
    public const string Testbox = "minikube/testbox:latest";

    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;
    private const UnixFileMode Everyone = (UnixFileMode)0b1_111_111_111;

    private const string Users = "root:x:0:0:root:/root:/bin/sh\nnonroot:x:65532:65532:nonroot:/home/nonroot:/bin/sh\n";
    private const string Groups = "root:x:0:\nnonroot:x:65532:\n";

    /// <summary>
    /// <see cref="Testbox"/> as a docker archive, for <see cref="IContainerRuntime.LoadImageAsync"/>. The same build gives the same
    /// bytes, so loading it again changes nothing.
    /// </summary>
    /// <exception cref="RuntimeException">This build carries no testbox because it was not made on Linux.</exception>
    public static Stream OpenTestbox()
    {
        var layer = WriteLayer(NativePrograms.Read(NativePrograms.Testbox));
        var config = JsonSerializer.SerializeToUtf8Bytes(TestboxConfig(layer), ImageJson.Default.ImageConfig);
        var configName = $"{Convert.ToHexStringLower(SHA256.HashData(config))}.json";
        DockerManifest[] manifest = [new() { Config = configName, RepoTags = [Testbox], Layers = ["layer.tar"] }];

        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.AddFile("layer.tar", Readable, layer);
            tar.AddFile(configName, Readable, config);
            tar.AddFile("manifest.json", Readable, JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.DockerManifestArray));
        }

        archive.Position = 0;
        return archive;
    }

    private static byte[] WriteLayer(byte[] program)
    {
        using var layer = new MemoryStream(program.Length + 65_536);
        using (var tar = new TarWriter(layer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.AddDirectory("bin/", Executable);
            tar.AddFile("bin/testbox", Executable, program);
            foreach (var name in MiniKube.Testbox.AppletNames.Links)
            {
                tar.AddLink($"bin/{name}", "testbox");
            }

            tar.AddDirectory("etc/", Executable);
            tar.AddFile("etc/group", Readable, Encoding.ASCII.GetBytes(Groups));
            tar.AddFile("etc/passwd", Readable, Encoding.ASCII.GetBytes(Users));
            tar.AddDirectory("home/", Executable);
            tar.AddDirectory("home/nonroot/", Executable, owner: 65532);
            tar.AddDirectory("root/", Executable);
            tar.AddDirectory("tmp/", Everyone);
        }

        return layer.ToArray();
    }

    private static ImageConfig TestboxConfig(byte[] layer) => new()
    {
        Architecture = "amd64",
        Os = "linux",
        Created = DateTimeOffset.UnixEpoch,
        Config = new ImageProcess { Env = ["PATH=/bin"], Cmd = ["testbox"], WorkingDir = "/" },
        Rootfs = new ImageRootfs { DiffIds = [$"sha256:{Convert.ToHexStringLower(SHA256.HashData(layer))}"] },
    };

    private static void AddFile(this TarWriter tar, string name, UnixFileMode mode, byte[] content)
        => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
            DataStream = new MemoryStream(content),
        });

    private static void AddDirectory(this TarWriter tar, string name, UnixFileMode mode, int owner = 0)
        => tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, name)
        {
            Mode = mode,
            Uid = owner,
            Gid = owner,
            ModificationTime = DateTimeOffset.UnixEpoch,
        });

    private static void AddLink(this TarWriter tar, string name, string target)
        => tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, name)
        {
            LinkName = target,
            Mode = (UnixFileMode)0b111_111_111,
            ModificationTime = DateTimeOffset.UnixEpoch,
        });
}
