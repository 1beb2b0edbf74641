namespace MiniKube.Cel;

/// <summary>Values that are boxed once.</summary>
internal static class Boxes
{
    public static readonly object True = true;
    public static readonly object False = false;

    /// <summary>Stands for 2^63 until the parser has seen the minus before it.</summary>
    public static readonly object MinMagnitude = new();

    public static object Of(bool value) => value ? True : False;
}
