using System.Runtime.InteropServices;

namespace MiniKube;

/// <summary>Tells the terminal's size now and whenever it changes.</summary>
internal static class WindowSize
{
    public static IDisposable Watch(Action<(int Columns, int Rows)> changed)
    {
        Report();
        return PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Report());

        void Report()
        {
            if (!Console.IsOutputRedirected && Console.WindowWidth > 0)
            {
                changed((Console.WindowWidth, Console.WindowHeight));
            }
        }
    }
}
