using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Where a watch starts and what it tells besides changes.</summary>
/// <param name="After">
/// The last revision the client has seen; null starts with the present objects as ADDED events.
/// </param>
/// <param name="Bookmarks">Tell from time to time how far the watch has come.</param>
/// <param name="MarkInitialEnd">Send a bookmark after the present objects.</param>
internal readonly record struct WatchOptions(Revision? After, bool Bookmarks = false, bool MarkInitialEnd = false);
