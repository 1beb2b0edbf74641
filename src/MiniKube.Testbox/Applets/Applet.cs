namespace MiniKube.Testbox;

/// <summary>One tool of the box.</summary>
internal abstract class Applet(string name, string usage, string summary)
{
    public string Name { get; } = name;

    /// <summary>What follows the name on the command line.</summary>
    public string Usage { get; } = usage;

    public string Summary { get; } = summary;

    /// <summary>True when SIGTERM and SIGINT keep their default meaning, as an interactive program needs it.</summary>
    public virtual bool HandlesSignals => false;

    /// <summary>Runs to the end and returns the exit code. Ends early when told to stop.</summary>
    public abstract Task<int> RunAsync(string[] args, CancellationToken stopping);
}
