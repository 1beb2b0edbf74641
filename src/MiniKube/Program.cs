namespace MiniKube;

/// <summary>The executable.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Terminal.OfProcess());
}
