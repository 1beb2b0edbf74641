namespace MiniKube.Store;

/// <summary>
/// How the JSON of some resources lies on the disk: encrypted. Memory, readers and watchers have it as it is; journal, images and
/// captures have what <see cref="Seal"/> makes of it. Thread-safe.
/// </summary>
public interface IValueSeal
{
    /// <summary>The id of the key that seals from now on: letters, digits and dashes.</summary>
    string WritingKey { get; }

    /// <summary>True when objects of the resource are sealed.</summary>
    bool Covers(string resource);

    /// <summary>
    /// Called once, when everything on the disk could be read and before anything is written: keys that have not been kept yet are
    /// kept now.
    /// </summary>
    /// <param name="hasOldForms">True when something was read that is not sealed with the key that writes.</param>
    void Begin(bool hasOldForms);

    /// <summary>What goes to the disk: a <see cref="SealedValue"/> that opens only under this key.</summary>
    byte[] Seal(ResourceKey key, ReadOnlySpan<byte> json);

    /// <summary>The JSON again.</summary>
    /// <exception cref="StoreException">There is no such key, or it does not open this.</exception>
    byte[] Open(ResourceKey key, ReadOnlySpan<byte> value);
}
