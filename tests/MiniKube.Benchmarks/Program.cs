using BenchmarkDotNet.Running;

namespace MiniKube.Benchmarks;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        if (args is ["idle-nodes", .. var idle])
        {
            await IdleNodesRun.RunAsync(idle, CancellationToken.None);
            return;
        }

        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
