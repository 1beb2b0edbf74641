namespace MiniKube.Testbox;

internal sealed class KeyValueClientApplet(string name, string operands, string summary, string verb)
    : Applet(name, $"[--address HOST:PORT] {operands}", $"{summary} (at DATABASE_ADDRESS)")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "address");
        if (flags.Operands.Count != operands.Split(' ').Length)
        {
            throw new UsageException($"needs {operands}");
        }

        var address = flags.Text("address", Environment.GetEnvironmentVariable("DATABASE_ADDRESS") ?? "127.0.0.1:6379");
        using var client = new KeyValueClient(address, new HostNames(TimeProvider.System), TimeProvider.System);
        var value = await client.AskAsync($"{verb} {string.Join(' ', flags.Operands)}", stopping);
        if (value is not null)
        {
            Output.Line(value);
        }

        return value is null && verb == "GET" ? 1 : 0;
    }
}
