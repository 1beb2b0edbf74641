namespace MiniKube.Runtimes;

/// <summary>An image that is whole on this machine.</summary>
/// <param name="Id">The digest of its configuration.</param>
/// <param name="Process">What it runs by default.</param>
/// <param name="Layers">Directories below the store's layer root, lowest first.</param>
internal sealed record StoredImage(string Id, ImageProcess Process, IReadOnlyList<string> Layers);
