namespace MiniKube.Testbox;

/// <summary>An applet that neither waits nor listens.</summary>
internal sealed class SimpleApplet(string name, string usage, string summary, Func<string[], int> run)
    : Applet(name, usage, summary)
{
    public override Task<int> RunAsync(string[] args, CancellationToken stopping) => Task.FromResult(run(args));
}
