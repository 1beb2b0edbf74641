using System.Globalization;
using System.Runtime.InteropServices;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>What the node's machine is and has.</summary>
internal sealed record MachineFacts
{
    public required NodeResources Resources { get; init; }

    public required string Architecture { get; init; }

    public required string KernelVersion { get; init; }

    public required string OsImage { get; init; }

    public required string MachineId { get; init; }

    public required string SystemUuid { get; init; }

    public required string BootId { get; init; }

    /// <summary>Reads the machine's files; what it may not read or does not have is empty.</summary>
    /// <param name="root">The root of the file system; <c>/</c> but in tests.</param>
    /// <param name="dataDirectory">The file system pods' volumes are on.</param>
    public static MachineFacts Read(string root, string dataDirectory) => new()
    {
        Resources = new NodeResources(
            Environment.ProcessorCount * 1000L, MemoryBytes(Line(root, "proc/meminfo")), DiskBytes(dataDirectory)),
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        },
        KernelVersion = Line(root, "proc/sys/kernel/osrelease"),
        OsImage = PrettyName(Text(root, "etc/os-release")),
        MachineId = Line(root, "etc/machine-id"),
        SystemUuid = Line(root, "sys/class/dmi/id/product_uuid") is { Length: > 0 } uuid ? uuid : Line(root, "etc/machine-id"),
        BootId = Line(root, "proc/sys/kernel/random/boot_id"),
    };

    public V1NodeSystemInfo ToNodeInfo(NodeOptions options, string runtimeVersion) => new()
    {
        Architecture = Architecture,
        OperatingSystem = "linux",
        KernelVersion = KernelVersion,
        OsImage = OsImage,
        MachineID = MachineId,
        SystemUUID = SystemUuid,
        BootID = BootId,
        ContainerRuntimeVersion = runtimeVersion,
        KubeletVersion = options.Version,
        KubeProxyVersion = options.Version,
    };

    // "MemTotal:       24656840 kB", the first line.
    private static long MemoryBytes(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && long.TryParse(words[1], CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }

    private static long DiskBytes(string directory)
    {
        Directory.CreateDirectory(directory);
        return new DriveInfo(directory).TotalSize;
    }

    private static string PrettyName(string osRelease)
        => osRelease.Split('\n')
            .Where(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
            .Select(line => line["PRETTY_NAME=".Length..].Trim('"'))
            .FirstOrDefault("Linux");

    private static string Line(string root, string path) => Text(root, path).Split('\n')[0].Trim();

    private static string Text(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
