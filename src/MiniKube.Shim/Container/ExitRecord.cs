using System.Text;
using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>Keeps how a container ended, for the time after this monitor.</summary>
internal static class ExitRecord
{
    public static void Write(string directory, ContainerState state)
    {
        var path = $"{directory}/{SandboxFiles.Exit}";
        var file = Kernel.Open($"{path}.tmp", Kernel.WriteOnly | Kernel.Create, 0b110_000_000);
        Kernel.WriteAll(file, Wire.Frame(FrameKind.Changed, state.Write));
        Kernel.Close(file);
        Kernel.Rename($"{path}.tmp", path);
    }
}
