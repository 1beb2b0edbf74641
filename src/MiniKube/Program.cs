namespace MiniKube;

/// <summary>The executable.</summary>
internal static class Program
{
    private static int Main() => 0;
}
