using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>What writers and watchers hear of a store that is being closed.</summary>
internal static class ClosedStore
{
    public static ApiException Error()
        => new(StatusReason.ServiceUnavailable, "the store is closing; try again when the server is back");
}
