namespace MiniKube;

/// <summary>How grave a finding is.</summary>
internal enum FindingState
{
    /// <summary>Nothing is lost.</summary>
    Ok,

    /// <summary>A cluster runs, but not all of it.</summary>
    Lack,

    /// <summary>No cluster runs here.</summary>
    Blocking,
}

/// <summary>One thing a machine has or lacks.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="State">How grave it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Cost">What the lack costs, and how to get it; empty when nothing is lost.</param>
internal sealed record MachineFinding(string Name, FindingState State, string Found, string Cost = "")
{
    public static MachineFinding Ok(string name, string found) => new(name, FindingState.Ok, found);

    public static MachineFinding Lack(string name, string found, string cost) => new(name, FindingState.Lack, found, cost);

    public static MachineFinding Blocking(string name, string found, string cost) => new(name, FindingState.Blocking, found, cost);
}
