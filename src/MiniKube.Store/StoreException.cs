namespace MiniKube.Store;

/// <summary>
/// The data directory cannot be used as it is: taken by another instance, damaged, or written by a newer version. The
/// message is one line for the person who runs the cluster: what is wrong, where, and what to do. Nothing was changed
/// on disk.
/// </summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
