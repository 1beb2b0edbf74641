namespace MiniKube.Testbox;

/// <summary>What the image runs when nothing is asked of it.</summary>
internal sealed class HelpApplet(AppletCatalog catalog) : Applet("testbox", "[APPLET [ARGUMENT...]]", "lists the applets")
{
    public override Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        Output.Line("testbox: one static program with what a cluster's samples and tests need.");
        Output.Line($"usage: {Name} {Usage}");
        foreach (var applet in catalog.All)
        {
            Output.Line($"  {applet.Name} {applet.Usage}");
            Output.Line($"      {applet.Summary}");
        }

        return Task.FromResult(0);
    }
}
