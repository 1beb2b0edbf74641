using System.Runtime.InteropServices;

namespace MiniKube.Runtimes;

/// <summary>Picks what runs on this machine.</summary>
internal static class Platforms
{
    private static readonly string Architecture = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The manifest for this machine, out of an index.</summary>
    /// <exception cref="RuntimeException">There is none.</exception>
    public static OciDescriptor Choose(IReadOnlyList<OciDescriptor> manifests)
        => manifests.FirstOrDefault(
                static manifest => manifest.Platform is { Os: "linux" } platform && platform.Architecture == Architecture)
            ?? manifests.FirstOrDefault(static manifest => manifest.Platform is null)
            ?? throw new RuntimeException(RuntimeError.ImageNotFound, $"the image has no version for linux/{Architecture}");
}
