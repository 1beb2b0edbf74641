using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Part of a list.</summary>
/// <param name="Revision">What the whole list is of.</param>
/// <param name="Objects">In key order.</param>
/// <param name="Continue">How to ask for the next page; empty after the last.</param>
/// <param name="Remaining">How many follow; null when nobody counted, or nothing follows.</param>
internal readonly record struct ListPage(
    Revision Revision, IReadOnlyList<StoredObject> Objects, string Continue, long? Remaining);
