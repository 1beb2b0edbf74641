namespace MiniKube;

/// <summary>A snapshot in a directory.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Manifest">What it says of itself; null when it cannot be read.</param>
/// <param name="Damage">Why it cannot be read; null when it can.</param>
internal sealed record SnapshotFile(string Path, long Bytes, SnapshotManifest? Manifest, string? Damage)
{
    /// <summary>The file's name without its ending: what commands call it.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>What to take, as the command says it to the server.</summary>
/// <param name="Name">The name, without ending; null makes one from the time.</param>
/// <param name="Directory">Where to; null is the server's own directory of snapshots.</param>
/// <param name="Passphrase">Seals the keys; null leaves them out.</param>
/// <param name="Compress">Smaller, for more of the processor's time.</param>
internal sealed record SnapshotRequest(string? Name, string? Directory, string? Passphrase, bool Compress);
