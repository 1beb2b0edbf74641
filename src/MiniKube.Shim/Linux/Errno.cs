namespace MiniKube.Shim;

/// <summary>errno(3), the ones that are decided on.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NotExecutableFormat = 8;
    public const int Again = 11;
    public const int Access = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int NoSystemCall = 38;
    public const int Loop = 40;
}
