using System.CommandLine;
using System.Reflection;

namespace MiniKube;

/// <summary><c>minikube version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The version of this build, without the source revision.</summary>
    public static string Current { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Command Create(Terminal terminal)
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction((_, _) => terminal.Output.WriteLineAsync($"minikube {Current}"));
        return command;
    }
}
