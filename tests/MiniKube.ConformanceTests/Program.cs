namespace MiniKube.ConformanceTests;

/// <summary>Roles this assembly plays in processes that a test starts and kills. Running the tests does not come through here.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [StoreWriter.Role, var directory])
        {
            await StoreWriter.RunAsync(directory);
            return 0;
        }

        await Console.Error.WriteLineAsync($"usage: {StoreWriter.Role} DIRECTORY; to run the tests: dotnet test");
        return 2;
    }
}
