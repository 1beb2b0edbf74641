using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Makes objects of one version of a custom kind into objects of another. Thread-safe.</summary>
internal interface IObjectConverter
{
    /// <summary>The objects in the wanted version, as many and in the same order; those that come in may be changed.</summary>
    /// <exception cref="ApiException">They could not be converted.</exception>
    ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(
        IReadOnlyList<CustomObject> items, string apiVersion, CancellationToken cancellationToken);
}

/// <summary>Strategy <c>None</c>: all versions look alike, only their name changes.</summary>
internal sealed class NoConverter : IObjectConverter
{
    public ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(
        IReadOnlyList<CustomObject> items, string apiVersion, CancellationToken cancellationToken)
        => new([.. items.Select(item => Renamed(item, apiVersion))]);

    // A copy: the object on its way to the store is also what the client is answered with.
    private static CustomObject Renamed(CustomObject item, string apiVersion) => new()
    {
        ApiVersion = apiVersion,
        Kind = item.Kind,
        Metadata = item.Metadata,
        Body = item.Body.DeepClone().AsObject(),
    };
}
